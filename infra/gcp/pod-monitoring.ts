import * as k8s from "@pulumi/kubernetes";
import type { ChildOptions, MetricsArgs } from "../platform.js";

/** The collectors of GKE's Managed Service for Prometheus, one on each node. */
export const collectorPeers = [
  {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gmp-system" } },
    podSelector: { matchLabels: { "app.kubernetes.io/name": "collector" } },
  },
];

/** Tells the collectors where an app's metrics are: they keep them in Cloud Monitoring. */
export function createPodMonitoring(name: string, args: MetricsArgs, opts: ChildOptions) {
  const { namespace, labels, selector, port } = args;
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "monitoring.googleapis.com/v1",
      kind: "PodMonitoring",
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: selector },
        endpoints: [{ port, path: "/metrics", interval: "30s" }],
      },
    },
    opts,
  );
}
