import type * as k8s from "@pulumi/kubernetes";

/** What one container may use. It is also what it gets: requests equal limits, so a busy neighbour takes nothing. */
export interface Resources {
  readonly cpu: string;
  readonly memory: string;
  readonly ephemeralStorage: string;
}

/** Requests and limits of a container. */
export function resourceRequirements(resources: Resources): k8s.types.input.core.v1.ResourceRequirements {
  const list = {
    cpu: resources.cpu,
    memory: resources.memory,
    "ephemeral-storage": resources.ephemeralStorage,
  };
  return { requests: list, limits: { ...list } };
}
