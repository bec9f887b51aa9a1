import { bytesQuantity, cpuQuantity, quantityValue } from "./quantity.js";
import type { Resources } from "./resources.js";

/** What a namespace is going to hold: pods of one kind. */
export interface Tenant {
  readonly resources: Resources;

  /**
   * What the other containers of each pod use.
   *
   * @default none
   */
  readonly beside?: readonly Resources[];
  readonly replicas: number;

  /** Whether a new version starts beside the old one (a Deployment), or in its place (a StatefulSet). */
  readonly surges: boolean;
}

/**
 * Limits of a whole namespace: what its pods use, and room for one rollout. During a rollout each old pod may still be
 * draining while its successor serves, and one more starts. Each load balancer is a Service with one port.
 */
export function quotaFor(tenants: readonly Tenant[], loadBalancers = 0): Record<string, string> {
  const counted = tenants.map((tenant) => ({
    pods: tenant.surges ? 2 * tenant.replicas + 1 : tenant.replicas,
    containers: containersOf(tenant),
  }));
  const sum = (key: keyof Resources) =>
    counted.reduce(
      (total, { pods, containers }) =>
        total + containers.reduce((each, resources) => each + pods * quantityValue(resources[key]), 0),
      0,
    );

  const cpu = cpuQuantity(sum("cpu"));
  const memory = bytesQuantity(sum("memory"));
  const storage = bytesQuantity(sum("ephemeralStorage"));
  return {
    pods: String(counted.reduce((total, { pods }) => total + pods, 0)),
    "requests.cpu": cpu,
    "limits.cpu": cpu,
    "requests.memory": memory,
    "limits.memory": memory,
    "requests.ephemeral-storage": storage,
    "limits.ephemeral-storage": storage,
    // The only way in is an entry, or a load balancer, to whose port Kubernetes gives one of the nodes' too.
    "services.nodeports": String(loadBalancers),
    "services.loadbalancers": String(loadBalancers),
  };
}

/** What a container may ask for at most: as much as the largest that belongs here. */
export function largestOf(tenants: readonly Tenant[]): Record<string, string> {
  const largest = (key: keyof Resources) =>
    Math.max(...tenants.flatMap(containersOf).map((resources) => quantityValue(resources[key])));
  return {
    cpu: cpuQuantity(largest("cpu")),
    memory: bytesQuantity(largest("memory")),
    "ephemeral-storage": bytesQuantity(largest("ephemeralStorage")),
  };
}

function containersOf({ resources, beside = [] }: Tenant): readonly Resources[] {
  return [resources, ...beside];
}
