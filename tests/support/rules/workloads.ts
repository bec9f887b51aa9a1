import { type Registered, ofKind } from "../program.js";
import type { Config } from "../stacks.js";

/** What every rule is: the complaints about a program's resources; none if all is well. */
export type Rule = (resources: readonly Registered[]) => string[];

/** The same, of what only the stack file can tell right from wrong. */
export type StackRule = (resources: readonly Registered[], config: Config) => string[];

export interface Workload {
  /** Such as "StatefulSet journal/redis". */
  readonly title: string;
  readonly kind: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: any;
  readonly pod: any;
  readonly containers: readonly any[];
  readonly resource: Registered;
}

/** Everything that makes pods. */
export function workloadsOf(resources: readonly Registered[]): Workload[] {
  return resources
    .filter(({ type }) => /^kubernetes:(apps|batch)\/v1:/.test(type))
    .map((resource) => {
      const { kind, metadata, spec } = resource.inputs;
      const template = kind === "CronJob" ? spec.jobTemplate.spec.template : spec.template;
      return {
        // Without a name of its own the provider makes one up from the program's.
        title: `${kind} ${metadata.namespace}/${metadata.name ?? resource.name}`,
        kind,
        namespace: metadata.namespace,
        labels: template.metadata.labels,
        spec,
        pod: template.spec,
        containers: [...(template.spec.initContainers ?? []), ...template.spec.containers],
        resource,
      };
    });
}

/** Whether its pods are done one day, and nobody sends them anything. */
export const endsByItself = (kind: string) => kind === "Job" || kind === "CronJob";

/** One complaint a container. */
export function eachContainer(
  resources: readonly Registered[],
  check: (container: any, workload: Workload) => readonly string[],
): string[] {
  return workloadsOf(resources).flatMap((workload) =>
    workload.containers.flatMap((container) =>
      check(container, workload).map((complaint) => `${workload.title}, ${container.name}: ${complaint}`),
    ),
  );
}

/** Whether every label of the selector is among the labels. */
export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
) {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Such as "ConfigMap journal/frontend-config-0123456789". */
export function titleOf({ inputs }: Registered): string {
  const { kind, metadata } = inputs;
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ""}${metadata.name ?? "(unnamed)"}`;
}

/** The scripts of all ConfigMaps, each with a title to report it by. */
export function scriptsOf(resources: readonly Registered[]): { title: string; text: string }[] {
  return ofKind(resources, "ConfigMap").flatMap((configMap) =>
    Object.entries<string>(configMap.inputs.data)
      .filter(([key]) => key.endsWith(".sh"))
      .map(([key, text]) => ({ title: `${titleOf(configMap)}: ${key}`, text })),
  );
}
