import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";

/** A name that changes whenever the data does, and only then. */
export function versionedName(name: string, data: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}-${createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 10)}`;
}

export interface VersionedConfigMapArgs {
  name: string;
  namespace: pulumi.Input<string>;
  labels: Readonly<Record<string, string>>;
  data: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A ConfigMap that is never changed: other data make another one, and the pods that name it are rolled. The hash is
 * taken of the resolved values, because an output that is not resolved looks the same whatever it holds.
 */
export function versionedConfigMap(args: VersionedConfigMapArgs): k8s.core.v1.ConfigMapArgs {
  const { name, namespace, labels, data } = args;
  return {
    metadata: {
      name: pulumi.output(data).apply((resolved) => versionedName(name, resolved)),
      namespace,
      labels,
    },
    data,
    immutable: true,
  };
}

/**
 * The version before stays in the cluster, for `kubectl rollout undo` and for pods of the old version that restart
 * while a rollout is under way. It goes with its namespace.
 */
export const keptForRollback: pulumi.CustomResourceOptions = { retainOnDelete: true };
