import type * as k8s from "@pulumi/kubernetes";
import type { Route } from "../platform.js";

/** One host's rule. The longest path stands first: some controllers take the first that fits. */
export function ingressRule(
  host: string,
  routes: readonly Route[],
): k8s.types.input.networking.v1.IngressRule {
  const longestFirst = [...routes].sort((a, b) => b.path.length - a.path.length);
  return {
    host,
    http: {
      paths: longestFirst.map(({ path, service, port }) => ({
        path,
        pathType: "Prefix",
        backend: { service: { name: service, port: { number: port } } },
      })),
    },
  };
}
