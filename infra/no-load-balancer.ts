import * as pulumi from "@pulumi/pulumi";
import type { ClusterName } from "./platform.js";

/** What a cluster answers that offers none; the configuration says it before. */
export function noLoadBalancer(name: string, cluster: ClusterName): never {
  throw new pulumi.InputPropertyError({
    propertyPath: "cluster",
    reason: `expected a cluster that offers a load balancer for "${name}", got ${cluster}: only gke has one; place the app there, or give it an entry`,
  });
}
