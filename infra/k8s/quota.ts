import { bytesQuantity, cpuQuantity, quantityValue } from "./quantity.js";
import type { Resources } from "./resources.js";

/** What a namespace is going to hold: pods of one kind. */
export interface Tenant {
  readonly resources: Resources;
  readonly replicas: number;

  /** Whether a new version starts beside the old one (a Deployment), or in its place (a StatefulSet). */
  readonly surges: boolean;
}

/**
 * Limits of a whole namespace: what its pods use, and room for one rollout. During a rollout each old pod may still be
 * draining while its successor serves, and one more starts.
 */
export function quotaFor(tenants: readonly Tenant[]): Record<string, string> {
  const counted = tenants.map(({ replicas, surges, resources }) => ({
    pods: surges ? 2 * replicas + 1 : replicas,
    resources,
  }));
  const sum = (key: keyof Resources) =>
    counted.reduce((total, { pods, resources }) => total + pods * quantityValue(resources[key]), 0);

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
    // The only way in is an entry.
    "services.nodeports": "0",
    "services.loadbalancers": "0",
  };
}

/** What a container may ask for at most: as much as the largest that belongs here. */
export function largestOf(tenants: readonly Tenant[]): Record<string, string> {
  const largest = (key: keyof Resources) =>
    Math.max(...tenants.map(({ resources }) => quantityValue(resources[key])));
  return {
    cpu: cpuQuantity(largest("cpu")),
    memory: bytesQuantity(largest("memory")),
    "ephemeral-storage": bytesQuantity(largest("ephemeralStorage")),
  };
}
