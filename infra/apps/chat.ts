import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { httpContainer } from "../k8s/container.js";
import { literal, variablesFrom } from "../k8s/env.js";
import { labelsFor } from "../k8s/labels.js";
import { podsWith } from "../k8s/network-policy.js";
import { READ_ONLY_MODE } from "../k8s/security.js";
import { keptForRollback, versionedConfigMap } from "../k8s/versioned-config-map.js";
import type { Cluster } from "../platform.js";
import { AppNamespace } from "./app-namespace.js";
import {
  type ChatPods,
  DRAIN_SPREAD_SEC,
  REDIS_RIGHTS,
  SERVER_VARIABLES,
  clientTenant,
  maxConnectionsFor,
  serverTenant,
} from "./chat-size.js";
import { HttpService } from "./http-service.js";
import { Redis } from "./redis.js";
import { type RedisSize, redisTenant } from "./redis-size.js";

export interface ChatArgs {
  cluster: Cluster;

  /**
   * Name under which the page is asked for.
   *
   * @default "chat" under the domain
   */
  host?: string;

  /**
   * Name under which the page finds the server.
   *
   * @default "chat-server" under the domain
   */
  serverHost?: string;

  /** @default "info" */
  logLevel?: string;

  /**
   * Requests a second of one connection.
   *
   * @default 10
   */
  requestsPerSec?: number;

  server?: ChatPods;
  client?: Omit<ChatPods, "maxReplicas">;
  redis?: RedisSize;

  /** Address of the MongoDB that keeps the messages; required in a cloud. */
  mongoUri?: pulumi.Output<string>;
}

const PORT = 8080;
const REDIS_AUTH = "/etc/redis-auth";
const MONGO = "/etc/mongodb";
/** Load balancers count an open websocket as one response. */
const WEBSOCKET_TIMEOUT_SEC = 86_400;

/** Rooms to talk in: a page, a Socket.io server on several nodes, Redis between the servers, MongoDB for messages. */
export class Chat extends pulumi.ComponentResource {
  /** Of the page. */
  readonly url: string;
  readonly serverUrl: string;

  constructor(name: string, args: ChatArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:apps:Chat", name, args, { ...opts, providers: [args.cluster.provider] });

    const { cluster, host, serverHost, logLevel = "info", requestsPerSec = 10, mongoUri } = args;
    const serverName = `${name}-server`;
    const serverPods = serverTenant(args.server);
    const clientPods = clientTenant(args.client);
    const parent = this;
    const { drainDelaySec, imagePullPolicy } = cluster;
    const serverLabels = labelsFor(name, "server");

    // Each of the two must know the other's address, and neither entry is there before its pods are.
    this.url = cluster.urlOf(name, host);
    this.serverUrl = cluster.urlOf(serverName, serverHost);
    const { url, serverUrl } = this;
    const namespace = createNamespace();
    const redis = createRedis();
    const mongoDb = createMongoDb();
    const mongoSecret = createMongoSecret();
    const configMap = createConfigMap();
    const server = createServer();
    const client = createClient();
    createEntries();

    this.registerOutputs({ url, serverUrl });

    function createNamespace() {
      const tenants = [serverPods, clientPods, redisTenant(args.redis ?? {}), ...cluster.mongoDbTenants];
      return new AppNamespace(name, { cluster, tenants }, { parent });
    }

    function createRedis() {
      const { result: password } = new random.RandomPassword(
        `${name}-redis-password`,
        { length: 32, special: false },
        { parent },
      );
      const clients = [serverLabels.selector];
      return new Redis(
        `${name}-redis`,
        {
          ...args.redis,
          app: name,
          cluster,
          namespace: namespace.name,
          password,
          rights: REDIS_RIGHTS,
          clients,
        },
        { parent },
      );
    }

    function createMongoDb() {
      const mongoArgs = {
        app: name,
        namespace: namespace.name,
        clients: [serverLabels.selector],
        uri: mongoUri,
      };
      return cluster.createMongoDb(`${name}-mongodb`, mongoArgs, { parent });
    }

    function createMongoSecret() {
      // Without a name of ours: another address gets an object of its own, which rolls the pods.
      return new k8s.core.v1.Secret(
        `${name}-mongodb-uri`,
        {
          metadata: { namespace: namespace.name, labels: serverLabels.labels },
          stringData: { uri: mongoDb.uri },
          immutable: true,
        },
        { parent },
      );
    }

    function createConfigMap() {
      const configMapArgs = versionedConfigMap({
        name: "server-config",
        namespace: namespace.name,
        labels: serverLabels.labels,
        data: {
          origins: url,
          logLevel,
          requestsPerSec: String(requestsPerSec),
          drainDelaySec: String(drainDelaySec),
          drainSpreadSec: String(DRAIN_SPREAD_SEC),
          redisSentinels: redis.sentinels,
          redisPrimaryName: redis.primaryName,
          redisUsername: redis.username,
          redisHost: redis.host,
          redisPort: String(redis.port),
        },
      });
      return new k8s.core.v1.ConfigMap(`${name}-server-config`, configMapArgs, {
        parent,
        ...keptForRollback,
      });
    }

    function serverContainer() {
      return httpContainer({
        name: "server",
        image: cluster.image("chat-server"),
        imagePullPolicy,
        port: PORT,
        resources: serverPods.resources,
        env: [
          ...variablesFrom(configMap.metadata.name, SERVER_VARIABLES),
          literal("PORT", String(PORT)),
          literal("CHAT_MAX_CONNECTIONS", String(maxConnectionsFor(serverPods.resources.memory))),
          literal("REDIS_PASSWORD_FILE", `${REDIS_AUTH}/password`),
          literal("MONGO_URI_FILE", `${MONGO}/uri`),
        ],
        volumeMounts: [
          { name: "redis-auth", mountPath: REDIS_AUTH, readOnly: true },
          { name: "mongodb", mountPath: MONGO, readOnly: true },
        ],
      });
    }

    function createServer() {
      const redisPods = [podsWith(labelsFor(name, "redis").selector)];
      const secret = (secretName: pulumi.Input<string>) => ({ secretName, defaultMode: READ_ONLY_MODE });
      return new HttpService(
        serverName,
        {
          ...{ app: name, component: "server", cluster, namespace: namespace.name },
          container: serverContainer(),
          port: PORT,
          servicePort: PORT,
          replicas: serverPods.minReplicas,
          maxReplicas: serverPods.replicas,
          onePerNode: true,
          // It lets clients in for the delay, sends them away for the spread, and then ends what is left.
          terminationGracePeriodSeconds: drainDelaySec + DRAIN_SPREAD_SEC + 20,
          backend: { healthPath: "/readyz", timeoutSec: WEBSOCKET_TIMEOUT_SEC, sticky: true },
          calls: [
            ...[redis.port, redis.sentinelPort].map((port) => ({ peers: redisPods, port })),
            ...mongoDb.calls,
          ],
          volumes: [
            { name: "redis-auth", secret: secret(redis.secretName) },
            { name: "mongodb", secret: secret(mongoSecret.metadata.name) },
          ],
        },
        { parent },
      );
    }

    function createClient() {
      const container = httpContainer({
        name: "client",
        image: cluster.image("chat-client"),
        imagePullPolicy,
        port: PORT,
        readinessPath: "/",
        resources: clientPods.resources,
        env: [literal("CHAT_SERVER_URL", serverUrl)],
        // NGINX stops accepting as soon as it is told to stop, so it is told when nobody sends requests any more.
        lifecycle: { preStop: { sleep: { seconds: drainDelaySec } } },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      });
      return new HttpService(
        `${name}-client`,
        {
          ...{ app: name, component: "client", cluster, namespace: namespace.name, container },
          port: PORT,
          servicePort: 80,
          replicas: clientPods.replicas,
          terminationGracePeriodSeconds: drainDelaySec + 25,
          backend: { healthPath: "/" },
          volumes: [{ name: "tmp", emptyDir: { sizeLimit: "8Mi" } }],
        },
        { parent },
      );
    }

    /** A host each. Of the server's, the world sees Socket.io alone, not its metrics. */
    function createEntries() {
      const page = [{ path: "/", service: client.serviceName, port: client.servicePort }];
      cluster.createEntry(name, { namespace: namespace.name, host, routes: page }, { parent });
      const routes = [{ path: "/socket.io", service: server.serviceName, port: server.servicePort }];
      const timeoutSec = WEBSOCKET_TIMEOUT_SEC;
      cluster.createEntry(
        serverName,
        { namespace: namespace.name, host: serverHost, routes, timeoutSec },
        { parent },
      );
    }
  }
}
