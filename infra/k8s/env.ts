import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

type EnvVar = k8s.types.input.core.v1.EnvVar;

/** A variable whose value is the same in every stack, and no secret. */
export function literal(name: string, value: string): EnvVar {
  return { name, value };
}

/** One variable for each key of a ConfigMap that the program reads: variable name -> key. */
export function variablesFrom(
  configMap: pulumi.Input<string>,
  keys: Readonly<Record<string, string>>,
): EnvVar[] {
  return Object.entries(keys).map(([name, key]) => ({
    name,
    valueFrom: { configMapKeyRef: { name: configMap, key } },
  }));
}
