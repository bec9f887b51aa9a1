import type * as pulumi from "@pulumi/pulumi";
import { httpContainer } from "../k8s/container.js";
import { literal, variablesFrom } from "../k8s/env.js";
import { labelsFor } from "../k8s/labels.js";
import { podsWith } from "../k8s/network-policy.js";
import { READ_ONLY_MODE } from "../k8s/security.js";
import type { Cluster, MongoDb } from "../platform.js";
import {
  CHAT_PORT,
  DRAIN_SPREAD_SEC,
  SERVER_VARIABLES,
  maxConnectionsFor,
  type serverTenant,
} from "./chat-size.js";
import type { HttpServiceArgs } from "./http-service.js";
import type { Redis } from "./redis.js";

export interface ChatServerArgs {
  app: string;
  cluster: Cluster;
  namespace: pulumi.Input<string>;
  pods: ReturnType<typeof serverTenant>;

  /** Whether the page is another site than the server to a browser. */
  crossSite: boolean;

  /** Name of the ConfigMap with the keys of `SERVER_VARIABLES`. */
  configMapName: pulumi.Input<string>;
  redis: Redis;
  mongoDb: MongoDb;

  /** Name of the Secret with MongoDB's address under "uri". */
  mongoSecretName: pulumi.Input<string>;
}

/** Load balancers count an open websocket as one response. */
export const WEBSOCKET_TIMEOUT_SEC = 86_400;

const REDIS_AUTH = "/etc/redis-auth";
const MONGO = "/etc/mongodb";

/** The Socket.io server: on several nodes, each pod with open connections that it sends away before it ends. */
export function chatServer(args: ChatServerArgs): HttpServiceArgs {
  const { app, cluster, namespace, pods, crossSite, redis, mongoDb, mongoSecretName } = args;
  const redisPods = [podsWith(labelsFor(app, "redis").selector)];
  const secret = (secretName: pulumi.Input<string>) => ({ secretName, defaultMode: READ_ONLY_MODE });
  return {
    ...{ app, component: "server", cluster, namespace },
    container: serverContainer(args),
    port: CHAT_PORT,
    servicePort: CHAT_PORT,
    replicas: pods.minReplicas,
    maxReplicas: pods.replicas,
    onePerNode: true,
    // It lets clients in for the delay, sends them away for the spread, and then ends what is left.
    terminationGracePeriodSeconds: cluster.drainDelaySec + DRAIN_SPREAD_SEC + 20,
    backend: { healthPath: "/readyz", timeoutSec: WEBSOCKET_TIMEOUT_SEC, sticky: true, crossSite },
    hasMetrics: true,
    calls: [
      ...[redis.port, redis.sentinelPort].map((port) => ({ peers: redisPods, port })),
      ...mongoDb.calls,
    ],
    volumes: [
      { name: "redis-auth", secret: secret(redis.secretName) },
      { name: "mongodb", secret: secret(mongoSecretName) },
    ],
  };
}

function serverContainer({ cluster, pods, configMapName }: ChatServerArgs) {
  return httpContainer({
    name: "server",
    image: cluster.image("chat-server"),
    imagePullPolicy: cluster.imagePullPolicy,
    port: CHAT_PORT,
    resources: pods.resources,
    env: [
      ...variablesFrom(configMapName, SERVER_VARIABLES),
      literal("PORT", String(CHAT_PORT)),
      literal("CHAT_MAX_CONNECTIONS", String(maxConnectionsFor(pods.resources.memory))),
      literal("REDIS_PASSWORD_FILE", `${REDIS_AUTH}/password`),
      literal("MONGO_URI_FILE", `${MONGO}/uri`),
    ],
    volumeMounts: [
      { name: "redis-auth", mountPath: REDIS_AUTH, readOnly: true },
      { name: "mongodb", mountPath: MONGO, readOnly: true },
    ],
  });
}
