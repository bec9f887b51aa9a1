import type { Tenant } from "../k8s/quota.js";
import type { Resources } from "../k8s/resources.js";

export interface RedisSize {
  /**
   * Number of pods. Pod 0 is the primary, the rest follow it.
   *
   * @default 3
   */
  replicas?: number;

  /**
   * Size of each pod's persistent volume.
   *
   * @default "10Gi"
   */
  storage?: string;

  /** @default 250m of CPU, 256Mi of memory, 64Mi of ephemeral storage */
  resources?: Partial<Resources>;
}

/** Every default of a Redis, also for those who count what a namespace will hold. */
export function redisTenant({ replicas = 3, resources = {} }: RedisSize): Tenant {
  return {
    replicas,
    surges: false,
    resources: { cpu: "250m", memory: "256Mi", ephemeralStorage: "64Mi", ...resources },
  };
}
