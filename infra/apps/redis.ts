import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { createPodDisruptionBudget, dataClaim, keepsItsClaims } from "../k8s/around-pods.js";
import { doNotAwait, workloadTimeouts } from "../k8s/await.js";
import { labelsFor } from "../k8s/labels.js";
import { allow, podsWith } from "../k8s/network-policy.js";
import { podTemplate } from "../k8s/pod.js";
import { keptForRollback, versionedConfigMap } from "../k8s/versioned-config-map.js";
import type { Cluster } from "../platform.js";
import {
  METRICS_PORT,
  REDIS_PORT,
  SENTINEL_PORT,
  acknowledgingReplicas,
  redisFiles,
} from "./redis-config.js";
import { redisContainers, redisVolumes } from "./redis-pod.js";
import { type RedisSize, redisTenant, refuseTwo } from "./redis-size.js";

export interface RedisArgs extends RedisSize {
  /** The app that it keeps the data of, such as "journal". */
  app: string;

  cluster: Cluster;

  /** Namespace to deploy into. */
  namespace: pulumi.Input<string>;

  /** Letters and digits that every client must present, as user "app". */
  password: pulumi.Input<string>;

  /** What user "app" may do, in the words of Redis' ACL: keys, channels and commands, from nothing on. */
  rights: string;

  /** Labels of the pods, in the same namespace, that may connect. */
  clients: readonly Readonly<Record<string, string>>[];
}

/** Name of the read Service and start of every other: there is one Redis in a namespace. */
const NAME = "redis";

/**
 * A Redis primary with followers, for its namespace only. Sentinels promote a follower when the primary dies.
 *
 * - `sentinels` tell where the primary is, which takes the writes.
 * - `host` answers reads from any pod.
 */
export class Redis extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly port = REDIS_PORT;

  /** "host:port" of every Sentinel, with commas between them; names that hold in its namespace only. */
  readonly sentinels: pulumi.Output<string>;
  readonly sentinelPort = SENTINEL_PORT;

  /** What the Sentinels call the primary. */
  readonly primaryName: string;
  readonly username = "app";

  /** Followers that must have a write before it counts, for WAIT. */
  readonly acknowledgingReplicas: number;

  /** The Secret whose only key is "password". Its name changes with the password. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:apps:Redis", name, {}, opts);

    const { cluster, namespace, password, clients, storage = "10Gi" } = args;
    const { replicas, resources } = redisTenant(args);
    refuseTwo(replicas);

    const parent = this;
    const labels = labelsFor(args.app, "redis");
    const metadata = { name: NAME, namespace, labels: labels.labels };
    const around = { name, metadata, parent };

    const secret = createSecret(name, { password });
    const internalSecret = createSecret(`${name}-internal`, internalPasswords());
    const readService = createService(name, NAME, {});
    // The pods look each other up while none of them is ready yet.
    const headlessService = createService(`${name}-write`, `${NAME}-write`, {
      clusterIP: "None",
      publishNotReadyAddresses: true,
    });
    const hosts = Array.from(
      { length: replicas },
      // Sentinels ask for these names all the time: one that a search domain completes at once is one question, not three.
      (_, pod) => pulumi.interpolate`${NAME}-${pod}.${headlessService.metadata.name}`,
    );
    this.host = pulumi.interpolate`${readService.metadata.name}.${namespace}.svc`;
    this.sentinels = pulumi
      .all(hosts)
      .apply((all) => all.map((host) => `${host}:${SENTINEL_PORT}`).join(","));
    this.primaryName = args.app;
    this.acknowledgingReplicas = acknowledgingReplicas(replicas);
    this.secretName = secret.metadata.name;

    const configMap = createConfigMap();
    const identity = cluster.createIdentity(name, metadata, { parent });
    createNetworkPolicy();
    createPodDisruptionBudget(around, labels.selector);
    createStatefulSet();
    cluster.collectMetrics(`${name}-metrics`, { namespace, ...labels, port: "metrics" }, { parent });
    this.registerOutputs({ host: this.host, sentinels: this.sentinels, secretName: this.secretName });

    function createSecret(logicalName: string, stringData: Record<string, pulumi.Input<string>>) {
      // Without a name of ours: each password gets an object of its own, which rolls the pods and tells nothing.
      return new k8s.core.v1.Secret(
        logicalName,
        { metadata: { namespace, labels: labels.labels }, stringData, immutable: true },
        { parent },
      );
    }

    function internalPasswords() {
      const [internal, metrics] = ["internal", "metrics"].map(
        (user) =>
          new random.RandomPassword(`${name}-${user}-password`, { length: 32, special: false }, { parent })
            .result,
      ) as [pulumi.Output<string>, pulumi.Output<string>];
      return {
        internal,
        metrics,
        "passwords.json": pulumi.jsonStringify({ [`redis://localhost:${REDIS_PORT}`]: metrics }),
      };
    }

    function createService(
      logicalName: string,
      serviceName: string,
      spec: Partial<k8s.types.input.core.v1.ServiceSpec>,
    ) {
      return new k8s.core.v1.Service(
        logicalName,
        {
          metadata: { name: serviceName, namespace, labels: labels.labels, annotations: doNotAwait },
          spec: {
            selector: labels.selector,
            ports: [{ name: "redis", port: REDIS_PORT, targetPort: "redis", protocol: "TCP" }],
            ...spec,
          },
        },
        { parent },
      );
    }

    function createConfigMap() {
      const configMapArgs = versionedConfigMap({
        name: `${NAME}-config`,
        namespace,
        labels: labels.labels,
        data: redisFiles(resources.memory, replicas, args.rights),
      });
      return new k8s.core.v1.ConfigMap(`${name}-config`, configMapArgs, { parent, ...keptForRollback });
    }

    function createNetworkPolicy() {
      const self = podsWith(labels.selector);
      const ports = [REDIS_PORT, SENTINEL_PORT];
      const spec = allow(
        labels.selector,
        [
          ...ports.map((port) => ({ peers: [...clients.map(podsWith), self], port })),
          { peers: cluster.metricsPeers, port: METRICS_PORT },
        ],
        ports.map((port) => ({ peers: [self], port })),
      );
      return new k8s.networking.v1.NetworkPolicy(name, { metadata, spec }, { parent });
    }

    function createStatefulSet() {
      const pod = {
        image: cluster.image("redis"),
        imagePullPolicy: cluster.imagePullPolicy,
        resources,
        hosts,
        hostList: pulumi.all(hosts).apply((all) => all.join(" ")),
        primaryName: args.app,
        configMapName: configMap.metadata.name,
        secretName: secret.metadata.name,
        internalSecretName: internalSecret.metadata.name,
      };
      const [server, ...sidecars] = redisContainers(pod);
      return new k8s.apps.v1.StatefulSet(
        name,
        {
          metadata,
          spec: {
            // Must be the headless Service: it is what gives the pods stable DNS names.
            serviceName: headlessService.metadata.name,
            replicas,
            selector: { matchLabels: labels.selector },
            // A pod that cannot start must not keep the others, which hold the same data, from being started again.
            podManagementPolicy: "Parallel",
            updateStrategy: { type: "RollingUpdate" },
            minReadySeconds: 5,
            revisionHistoryLimit: 5,
            persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
            template: podTemplate({
              labels,
              serviceAccountName: identity.serviceAccountName,
              container: server,
              sidecars,
              // The primary's hand-over takes ten seconds at most, and so does a server's stop.
              terminationGracePeriodSeconds: 40,
              volumes: redisVolumes(pod),
            }),
            volumeClaimTemplates: [
              dataClaim({ labels: labels.selector, storageClassName: cluster.storageClassName, storage }),
            ],
          },
        },
        { parent, ...keepsItsClaims, customTimeouts: workloadTimeouts },
      );
    }
  }
}
