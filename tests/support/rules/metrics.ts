import { ofKind } from "../program.js";
import { type Rule, type Workload, selects, titleOf, workloadsOf } from "./workloads.js";

/** What is to be collected is offered by pods, under a port of that name, and their policies let the collectors in. */
export const metricsAreReached: Rule = (resources) => {
  const workloads = workloadsOf(resources);
  const policies = ofKind(resources, "NetworkPolicy").map(({ inputs }) => inputs);
  return resources
    .filter(({ inputs }) => inputs.kind === "PodMonitoring")
    .flatMap((monitoring) => {
      const { metadata, spec } = monitoring.inputs;
      const near = workloads.filter(
        ({ namespace, labels }) =>
          namespace === metadata.namespace && selects(spec.selector.matchLabels, labels),
      );
      if (near.length === 0) return [`${titleOf(monitoring)}: no pod has its labels`];
      return near.flatMap((workload) =>
        spec.endpoints
          .filter(({ port }: any) => !isReached(workload, port))
          .map(({ port }: any) => `${workload.title}: no collector reaches a port "${port}"`),
      );
    });

  function isReached({ namespace, labels, containers }: Workload, name: string): boolean {
    const ports = containers.flatMap(({ ports = [] }) => ports).filter((port) => port.name === name);
    return ports.some(({ containerPort }) =>
      policies
        .filter(({ metadata, spec }) => metadata.namespace === namespace && isFor(spec, labels))
        .some(({ spec }) =>
          (spec.ingress ?? []).some(
            ({ from, ports: open }: any) =>
              from.some(isCollector) && open.some(({ port }: any) => port === containerPort),
          ),
        ),
    );
  }
};

const isFor = ({ podSelector }: any, labels: Workload["labels"]) =>
  selects(podSelector.matchLabels ?? {}, labels);

const isCollector = ({ namespaceSelector }: any) =>
  namespaceSelector?.matchLabels["kubernetes.io/metadata.name"] === "gmp-system";
