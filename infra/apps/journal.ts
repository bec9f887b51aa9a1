import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { httpContainer } from "../k8s/container.js";
import { literal, variablesFrom } from "../k8s/env.js";
import { labelsFor } from "../k8s/labels.js";
import { podsWith } from "../k8s/network-policy.js";
import type { Tenant } from "../k8s/quota.js";
import type { Resources } from "../k8s/resources.js";
import { READ_ONLY_MODE } from "../k8s/security.js";
import { keptForRollback, versionedConfigMap } from "../k8s/versioned-config-map.js";
import type { Cluster, EntryArgs } from "../platform.js";
import { AppNamespace } from "./app-namespace.js";
import { HttpService } from "./http-service.js";
import { Redis } from "./redis.js";
import { type RedisSize, redisTenant } from "./redis-size.js";

export interface PodsSize {
  /** @default 2 */
  replicas?: number;

  /** @default the frontend's 500m, 256Mi and 64Mi, the fileserver's 100m, 64Mi and 32Mi */
  resources?: Partial<Resources>;
}

export interface JournalArgs extends Pick<EntryArgs, "host"> {
  cluster: Cluster;

  /**
   * Entries on a page.
   *
   * @default 10
   */
  journalEntries?: number;

  /** @default "info" */
  logLevel?: string;

  frontend?: PodsSize;
  fileserver?: PodsSize;
  redis?: RedisSize;

  /**
   * Letters and digits.
   *
   * @default a random one
   */
  redisPassword?: pulumi.Output<string>;
}

const PORT = 8080;
const SECRETS = "/etc/redis-auth";

/** SORT with GET asks for the right to all keys. Nothing that manages the server. */
const REDIS_RIGHTS =
  "~* &* -@all +@read +@write +@transaction +@connection +@pubsub +eval +eval_ro +evalsha +evalsha_ro " +
  "+script|load +script|exists +wait +info -@dangerous +info +sort_ro -@admin " +
  "-client +client|setname +client|id +client|reply +client|getname";

/** A journal of short entries: a page, an API that keeps the entries in Redis, and one entry for both. */
export class Journal extends pulumi.ComponentResource {
  readonly url: string;

  constructor(name: string, args: JournalArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:apps:Journal", name, {}, { ...opts, providers: [args.cluster.provider] });

    const {
      cluster,
      host,
      journalEntries = 10,
      logLevel = "info",
      redisPassword = createPassword(name, this),
    } = args;
    const frontendPods = tenant(args.frontend, { cpu: "500m", memory: "256Mi", ephemeralStorage: "64Mi" });
    const fileserverPods = tenant(args.fileserver, { cpu: "100m", memory: "64Mi", ephemeralStorage: "32Mi" });
    const parent = this;
    const { drainDelaySec, imagePullPolicy } = cluster;

    const namespace = createNamespace();
    const redis = createRedis();
    const configMap = createConfigMap();
    const frontend = createFrontend();
    const fileserver = createFileserver();
    const entry = createEntry();

    this.url = entry.url;
    this.registerOutputs({ url: this.url });

    function createNamespace() {
      const tenants = [frontendPods, fileserverPods, redisTenant(args.redis ?? {})];
      return new AppNamespace(name, { cluster, tenants }, { parent });
    }

    function createRedis() {
      const clients = [labelsFor(name, "frontend").selector];
      return new Redis(
        `${name}-redis`,
        {
          ...args.redis,
          app: name,
          cluster,
          namespace: namespace.name,
          password: redisPassword,
          rights: REDIS_RIGHTS,
          clients,
        },
        { parent },
      );
    }

    function createConfigMap() {
      const configMapArgs = versionedConfigMap({
        name: "frontend-config",
        namespace: namespace.name,
        labels: labelsFor(name, "frontend").labels,
        data: {
          journalEntries: String(journalEntries),
          logLevel,
          drainDelaySec: String(drainDelaySec),
          redisHost: redis.host,
          redisSentinels: redis.sentinels,
          redisPrimaryName: redis.primaryName,
          redisUsername: redis.username,
          redisAcknowledgingReplicas: String(redis.acknowledgingReplicas),
          redisPort: String(redis.port),
        },
      });
      return new k8s.core.v1.ConfigMap(`${name}-frontend-config`, configMapArgs, {
        parent,
        ...keptForRollback,
      });
    }

    function createFrontend() {
      const container = httpContainer({
        name: "frontend",
        image: cluster.image("journal-frontend"),
        imagePullPolicy,
        port: PORT,
        resources: frontendPods.resources,
        env: [
          ...variablesFrom(configMap.metadata.name, {
            JOURNAL_ENTRIES: "journalEntries",
            LOG_LEVEL: "logLevel",
            DRAIN_DELAY_SEC: "drainDelaySec",
            REDIS_HOST: "redisHost",
            REDIS_SENTINELS: "redisSentinels",
            REDIS_PRIMARY_NAME: "redisPrimaryName",
            REDIS_USERNAME: "redisUsername",
            REDIS_ACKNOWLEDGING_REPLICAS: "redisAcknowledgingReplicas",
            REDIS_PORT: "redisPort",
          }),
          literal("PORT", String(PORT)),
          literal("REDIS_PASSWORD_FILE", `${SECRETS}/password`),
        ],
        volumeMounts: [{ name: "redis-auth", mountPath: SECRETS, readOnly: true }],
      });
      return new HttpService(
        `${name}-frontend`,
        {
          app: name,
          component: "frontend",
          cluster,
          namespace: namespace.name,
          container,
          port: PORT,
          servicePort: PORT,
          replicas: frontendPods.replicas,
          // It drains by itself: first it goes on accepting, then it closes what is idle and ends what is not.
          terminationGracePeriodSeconds: drainDelaySec + 25,
          backend: { healthPath: "/readyz" },
          hasMetrics: true,
          calls: [redis.port, redis.sentinelPort].map((port) => ({
            peers: [podsWith(labelsFor(name, "redis").selector)],
            port,
          })),
          volumes: [
            { name: "redis-auth", secret: { secretName: redis.secretName, defaultMode: READ_ONLY_MODE } },
          ],
        },
        { parent },
      );
    }

    function createFileserver() {
      const container = httpContainer({
        name: "fileserver",
        image: cluster.image("journal-fileserver"),
        imagePullPolicy,
        port: PORT,
        readinessPath: "/",
        resources: fileserverPods.resources,
        // NGINX stops accepting as soon as it is told to stop, so it is told when nobody sends requests any more.
        lifecycle: { preStop: { sleep: { seconds: drainDelaySec } } },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      });
      return new HttpService(
        `${name}-fileserver`,
        {
          app: name,
          component: "fileserver",
          cluster,
          namespace: namespace.name,
          container,
          port: PORT,
          servicePort: 80,
          replicas: fileserverPods.replicas,
          terminationGracePeriodSeconds: drainDelaySec + 25,
          backend: { healthPath: "/" },
          volumes: [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }],
        },
        { parent },
      );
    }

    function createEntry() {
      const routes = [
        { path: "/api", service: frontend.serviceName, port: frontend.servicePort },
        { path: "/", service: fileserver.serviceName, port: fileserver.servicePort },
      ];
      return cluster.createEntry(name, { host, namespace: namespace.name, routes }, { parent });
    }
  }
}

function tenant({ replicas = 2, resources }: PodsSize = {}, defaults: Resources): Tenant {
  return { replicas, surges: true, resources: { ...defaults, ...resources } };
}

function createPassword(name: string, parent: pulumi.Resource): pulumi.Output<string> {
  return new random.RandomPassword(`${name}-redis-password`, { length: 32, special: false }, { parent })
    .result;
}
