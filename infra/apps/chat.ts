import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { labelsFor } from "../k8s/labels.js";
import { keptForRollback, versionedConfigMap } from "../k8s/versioned-config-map.js";
import type { Cluster } from "../platform.js";
import { AppNamespace } from "./app-namespace.js";
import { chatClient } from "./chat-client.js";
import { WEBSOCKET_TIMEOUT_SEC, chatServer } from "./chat-server.js";
import {
  type ChatPods,
  type PageExposure,
  DRAIN_SPREAD_SEC,
  REDIS_RIGHTS,
  clientTenant,
  serverTenant,
} from "./chat-size.js";
import { HttpService } from "./http-service.js";
import { Redis } from "./redis.js";
import { type RedisSize, redisTenant } from "./redis-size.js";
import { isSameSite } from "./same-site.js";

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
  client?: Omit<ChatPods, "maxReplicas"> & {
    /**
     * What leads to the page: an entry with TLS, or a load balancer without, on a cluster that offers one.
     *
     * @default "entry"
     */
    exposedBy?: PageExposure;
  };
  redis?: RedisSize;

  /** Address of the MongoDB that keeps the messages; required in a cloud. */
  mongoUri?: pulumi.Output<string>;
}

/** Rooms to talk in: a page, a Socket.io server on several nodes, Redis between the servers, MongoDB for messages. */
export class Chat extends pulumi.ComponentResource {
  /** Of the page. */
  readonly url: string;
  readonly serverUrl: string;

  constructor(name: string, args: ChatArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:apps:Chat", name, {}, { ...opts, providers: [args.cluster.provider] });

    const { cluster, host, serverHost, logLevel = "info", requestsPerSec = 10, mongoUri } = args;
    const serverName = `${name}-server`;
    const { exposedBy = "entry" } = args.client ?? {};
    const serverPods = serverTenant(args.server);
    const clientPods = clientTenant(args.client);
    const parent = this;
    const { drainDelaySec } = cluster;
    const serverLabels = labelsFor(name, "server");

    const namespace = createNamespace();
    const loadBalancer = exposedBy === "loadBalancer" ? createLoadBalancer() : undefined;
    // Each of the two must know the other's address, and neither entry is there before its pods are.
    this.url = loadBalancer?.url ?? cluster.urlOf(name, host);
    this.serverUrl = cluster.urlOf(serverName, serverHost);
    const { url, serverUrl } = this;
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
      const loadBalancers = exposedBy === "loadBalancer" ? 1 : undefined;
      return new AppNamespace(name, { cluster, tenants, loadBalancers }, { parent });
    }

    function createLoadBalancer() {
      const { labels, selector } = labelsFor(name, "client");
      const balancerArgs = { namespace: namespace.name, labels, selector, targetPort: "http", host };
      return cluster.createLoadBalancer(name, balancerArgs, { parent });
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

    function createServer() {
      const serverArgs = chatServer({
        ...{ app: name, cluster, namespace: namespace.name, pods: serverPods, redis, mongoDb },
        crossSite: !isSameSite(url, serverUrl),
        configMapName: configMap.metadata.name,
        mongoSecretName: mongoSecret.metadata.name,
      });
      return new HttpService(serverName, serverArgs, { parent });
    }

    function createClient() {
      const where = { app: name, cluster, namespace: namespace.name };
      const clientArgs = chatClient({ ...where, pods: clientPods, serverUrl, loadBalancer });
      return new HttpService(`${name}-client`, clientArgs, { parent });
    }

    /** A host each, unless a load balancer leads to the page. Of the server's, the world sees Socket.io alone. */
    function createEntries() {
      if (!loadBalancer) {
        const page = [{ path: "/", service: client.serviceName, port: client.servicePort }];
        cluster.createEntry(name, { namespace: namespace.name, host, routes: page }, { parent });
      }
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
