import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { doNotAwait, workloadTimeouts } from "../k8s/await.js";
import { container } from "../k8s/container.js";
import { labelsFor } from "../k8s/labels.js";
import { allow, podsWith } from "../k8s/network-policy.js";
import { podTemplate } from "../k8s/pod.js";
import { READ_ONLY_MODE } from "../k8s/security.js";
import { keptForRollback, versionedConfigMap } from "../k8s/versioned-config-map.js";
import type { Cluster } from "../platform.js";
import {
  REDIS_PATHS,
  REDIS_PORT,
  launchScript,
  livenessScript,
  readinessScript,
  redisConf,
} from "./redis-config.js";
import { type RedisSize, redisTenant } from "./redis-size.js";

export interface RedisArgs extends RedisSize {
  /** The app that it keeps the data of, such as "journal". */
  app: string;

  cluster: Cluster;

  /** Namespace to deploy into. */
  namespace: pulumi.Input<string>;

  /** Letters and digits that every client and follower must present. */
  password: pulumi.Input<string>;

  /** Labels of the pods, in the same namespace, that may connect. */
  clients: readonly Readonly<Record<string, string>>[];
}

/** Name of the read Service, and start of every other name: there is one Redis in a namespace. */
const NAME = "redis";

/**
 * A Redis primary with followers, reachable inside its namespace only.
 *
 * - `host` answers reads from any pod.
 * - `primaryHost` accepts writes (pod 0).
 */
export class Redis extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly primaryHost: pulumi.Output<string>;
  readonly port = REDIS_PORT;

  /** The Secret whose only key is "password". Its name changes with the password. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:apps:Redis", name, args, opts);

    const { cluster, namespace, password, storage = "10Gi" } = args;
    const { replicas, resources } = redisTenant(args);
    if (replicas < 1) {
      throw new pulumi.InputPropertyError({
        propertyPath: "replicas",
        reason: `expected at least 1 (the primary), got ${replicas}`,
      });
    }

    const parent = this;
    const labels = labelsFor(args.app, "redis");
    const metadata = { name: NAME, namespace, labels: labels.labels };

    const secret = createSecret();
    const readService = createService(name, NAME, {});
    // Followers look the primary up while no pod is ready yet.
    const writeService = createService(`${name}-write`, `${NAME}-write`, {
      clusterIP: "None",
      publishNotReadyAddresses: true,
    });
    this.host = pulumi.interpolate`${readService.metadata.name}.${namespace}.svc`;
    this.primaryHost = pulumi.interpolate`${NAME}-0.${writeService.metadata.name}.${namespace}.svc`;
    this.secretName = secret.metadata.name;

    const configMap = createConfigMap(this.primaryHost);
    const serviceAccount = createServiceAccount();
    createNetworkPolicy();
    createPodDisruptionBudget();
    createStatefulSet();
    this.registerOutputs({ host: this.host, primaryHost: this.primaryHost, secretName: this.secretName });

    function createSecret() {
      // Without a name of ours: each password gets an object of its own, which rolls the pods and tells nothing.
      return new k8s.core.v1.Secret(
        name,
        {
          metadata: { namespace, labels: labels.labels },
          stringData: { password },
          immutable: true,
        },
        { parent },
      );
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

    function createConfigMap(primaryHost: pulumi.Output<string>) {
      const data = {
        "redis.conf": redisConf(resources.memory),
        "launch.sh": primaryHost.apply(launchScript),
        "live.sh": livenessScript(),
        "ready.sh": readinessScript(),
      };
      const configMapArgs = versionedConfigMap({
        name: `${NAME}-config`,
        namespace,
        labels: labels.labels,
        data,
      });
      return new k8s.core.v1.ConfigMap(`${name}-config`, configMapArgs, { parent, ...keptForRollback });
    }

    function createServiceAccount() {
      return new k8s.core.v1.ServiceAccount(
        name,
        { metadata, automountServiceAccountToken: false },
        { parent },
      );
    }

    function createNetworkPolicy() {
      const self = podsWith(labels.selector);
      const callers = [...args.clients.map(podsWith), self];
      const spec = allow(
        labels.selector,
        [{ peers: callers, port: REDIS_PORT }],
        [{ peers: [self], port: REDIS_PORT }],
      );
      return new k8s.networking.v1.NetworkPolicy(name, { metadata, spec }, { parent });
    }

    function createPodDisruptionBudget() {
      return new k8s.policy.v1.PodDisruptionBudget(
        name,
        { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: labels.selector } } },
        { parent },
      );
    }

    function createStatefulSet() {
      return new k8s.apps.v1.StatefulSet(
        name,
        {
          metadata,
          spec: {
            // Must be the headless Service: it is what gives pod 0 a stable DNS name.
            serviceName: writeService.metadata.name,
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
              serviceAccountName: serviceAccount.metadata.name,
              container: createContainer(),
              terminationGracePeriodSeconds: 30,
              volumes: [
                { name: "config", configMap: { name: configMap.metadata.name, defaultMode: READ_ONLY_MODE } },
                { name: "auth", secret: { secretName: secret.metadata.name, defaultMode: READ_ONLY_MODE } },
                { name: "runtime", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
              ],
            }),
            volumeClaimTemplates: [
              {
                metadata: { name: "data", labels: labels.selector },
                spec: {
                  accessModes: ["ReadWriteOnce"],
                  storageClassName: cluster.storageClassName,
                  resources: { requests: { storage } },
                },
              },
            ],
          },
        },
        { parent, customTimeouts: workloadTimeouts },
      );
    }

    function createContainer() {
      return container({
        name: NAME,
        image: cluster.image("redis"),
        imagePullPolicy: cluster.imagePullPolicy,
        command: ["/bin/sh", `${REDIS_PATHS.config}/launch.sh`],
        env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
        ports: [{ name: "redis", containerPort: REDIS_PORT }],
        resources,
        readinessProbe: { ...runs("ready.sh"), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
        livenessProbe: {
          ...runs("live.sh"),
          initialDelaySeconds: 10,
          periodSeconds: 10,
          timeoutSeconds: 10,
          failureThreshold: 6,
        },
        volumeMounts: [
          { name: "config", mountPath: REDIS_PATHS.config, readOnly: true },
          { name: "auth", mountPath: REDIS_PATHS.auth, readOnly: true },
          { name: "runtime", mountPath: REDIS_PATHS.runtime },
          { name: "data", mountPath: REDIS_PATHS.data },
        ],
      });
    }

    function runs(script: string) {
      return { exec: { command: ["/bin/sh", `${REDIS_PATHS.config}/${script}`] } };
    }
  }
}
