import * as pulumi from "@pulumi/pulumi";
import type { Tenant } from "../k8s/quota.js";
import type { Resources } from "../k8s/resources.js";

export interface RedisSize {
  /**
   * Number of pods: 1, which is an outage whenever it restarts, or 3 and more, of which fewer than half may be away.
   *
   * @default 3
   */
  replicas?: number;

  /**
   * Size of each pod's persistent volume, of a StatefulSet that is new.
   *
   * @default "10Gi"
   */
  storage?: string;

  /**
   * Of each server; its Sentinel and its metrics come on top.
   *
   * @default 250m of CPU, 256Mi of memory, 64Mi of ephemeral storage
   */
  resources?: Partial<Resources>;
}

/** Enough that a busy second is not taken for a dead primary. */
export const SENTINEL_RESOURCES: Resources = { cpu: "200m", memory: "64Mi", ephemeralStorage: "16Mi" };
export const METRICS_RESOURCES: Resources = { cpu: "50m", memory: "48Mi", ephemeralStorage: "16Mi" };

/** Every default of a Redis, also for those who count what a namespace will hold. */
export function redisTenant({ replicas = 3, resources = {} }: RedisSize): Tenant {
  return {
    replicas,
    surges: false,
    resources: { cpu: "250m", memory: "256Mi", ephemeralStorage: "64Mi", ...resources },
    beside: [SENTINEL_RESOURCES, METRICS_RESOURCES],
  };
}

/** Of two Sentinels both must agree, so a second pod would only add a way to fail. */
export function refuseTwo(replicas: number): void {
  if (replicas < 1 || replicas === 2) {
    throw new pulumi.InputPropertyError({
      propertyPath: "replicas",
      reason: `expected 1, or at least 3, of which more than half can choose a primary, got ${replicas}`,
    });
  }
}
