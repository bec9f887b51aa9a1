import type { Tenant } from "../k8s/quota.js";
import { quantityValue } from "../k8s/quantity.js";
import type { Resources } from "../k8s/resources.js";

/** What may lead to the page. */
export const pageExposures = ["entry", "loadBalancer"] as const;
export type PageExposure = (typeof pageExposures)[number];

export interface ChatPods {
  /**
   * Number of pods, of the server the least.
   *
   * @default 2
   */
  replicas?: number;

  /**
   * Number of the server's pods when many talk; each needs a node of its own.
   *
   * @default 3
   */
  maxReplicas?: number;

  /** @default the server's 500m, 384Mi and 64Mi, the client's 100m, 64Mi and 32Mi */
  resources?: Partial<Resources>;
}

/** Of the pods, of both kinds. */
export const CHAT_PORT = 8080;

/** The server's variables that come from its ConfigMap: variable name -> key. */
export const SERVER_VARIABLES = {
  CHAT_ORIGINS: "origins",
  CHAT_REQUESTS_PER_SEC: "requestsPerSec",
  LOG_LEVEL: "logLevel",
  DRAIN_DELAY_SEC: "drainDelaySec",
  DRAIN_SPREAD_SEC: "drainSpreadSec",
  REDIS_SENTINELS: "redisSentinels",
  REDIS_PRIMARY_NAME: "redisPrimaryName",
  REDIS_USERNAME: "redisUsername",
  REDIS_HOST: "redisHost",
  REDIS_PORT: "redisPort",
};

/** The streams adapter's: one stream, and channels for what servers ask each other. Messages are in MongoDB. */
export const REDIS_RIGHTS =
  "~chat:servers &chat:servers#* -@all +xadd +xread +publish +subscribe +ping +info +client|setname";

/** Over how long a server sends its clients away. */
export const DRAIN_SPREAD_SEC = 10;

/** What a server takes without connections. */
const PROCESS_MEMORY = "160Mi";
/** The least memory of a server, which is worth its while with four hundred connections or so. */
export const LEAST_SERVER_MEMORY = "200Mi";
/** An idle connection takes half of it. */
const CONNECTION_BYTES = quantityValue("100Ki");

/** Connections that a server of that memory takes: one more must be refused, rather than all of them be lost. */
export function maxConnectionsFor(memory: string): number {
  return Math.floor((quantityValue(memory) - quantityValue(PROCESS_MEMORY)) / CONNECTION_BYTES);
}

/** Every default of the server's pods, also for those who count what a namespace will hold: the most. */
export function serverTenant({ replicas = 2, maxReplicas = 3, resources = {} }: ChatPods = {}) {
  return {
    surges: true,
    minReplicas: replicas,
    replicas: Math.max(replicas, maxReplicas),
    resources: { cpu: "500m", memory: "384Mi", ephemeralStorage: "64Mi", ...resources },
  } satisfies Tenant & { minReplicas: number };
}

export function clientTenant({ replicas = 2, resources = {} }: Omit<ChatPods, "maxReplicas"> = {}): Tenant {
  return {
    surges: true,
    replicas,
    resources: { cpu: "100m", memory: "64Mi", ephemeralStorage: "32Mi", ...resources },
  };
}
