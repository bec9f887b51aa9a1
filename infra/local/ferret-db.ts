import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { doNotAwait, workloadTimeouts } from "../k8s/await.js";
import { httpContainer } from "../k8s/container.js";
import { labelsFor } from "../k8s/labels.js";
import { allow, podsWith } from "../k8s/network-policy.js";
import { podTemplate } from "../k8s/pod.js";
import type { Tenant } from "../k8s/quota.js";
import type { Cluster, MongoDb, MongoDbArgs } from "../platform.js";

export interface FerretDbArgs extends MongoDbArgs {
  cluster: Pick<Cluster, "image" | "imagePullPolicy" | "storageClassName">;

  /**
   * Size of its volume.
   *
   * @default "1Gi"
   */
  storage?: string;
}

const NAME = "mongodb";
const PORT = 27017;
const PROBES_PORT = 8080;
/** As in FerretDB's own program, machine/toolchain/ferretdb. */
const DATA = "/data";

const probesPort = { name: "http", containerPort: PROBES_PORT, protocol: "TCP" };

/** What it adds to its namespace. */
export const FERRET_DB_TENANT: Tenant = {
  replicas: 1,
  surges: false,
  resources: { cpu: "400m", memory: "256Mi", ephemeralStorage: "16Mi" },
};

/**
 * The MongoDB protocol on a volume of this machine. It asks nobody for a password, which FerretDB's library cannot:
 * the pods that may connect are those that the NetworkPolicy names.
 */
export class FerretDb extends pulumi.ComponentResource implements MongoDb {
  readonly uri: pulumi.Output<string>;
  readonly calls: MongoDb["calls"];

  constructor(name: string, args: FerretDbArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:local:FerretDb", name, args, opts);

    const { app, cluster, namespace, clients, uri, storage = "1Gi" } = args;
    if (uri) {
      throw new pulumi.InputPropertyError({
        propertyPath: "uri",
        reason: `expected none, since the local cluster runs a MongoDB for "${app}" itself, got one`,
      });
    }
    const parent = this;
    const labels = labelsFor(app, NAME);
    const metadata = { name: NAME, namespace, labels: labels.labels };

    const serviceAccount = createServiceAccount();
    const service = createService();
    createNetworkPolicy();
    createPodDisruptionBudget();
    createStatefulSet();

    this.uri = pulumi.secret(
      pulumi.interpolate`mongodb://${NAME}-0.${service.metadata.name}.${namespace}.svc:${PORT}/${app}`,
    );
    this.calls = [{ peers: [podsWith(labels.selector)], port: PORT }];
    this.registerOutputs({ uri: this.uri });

    function createServiceAccount() {
      return new k8s.core.v1.ServiceAccount(
        name,
        { metadata, automountServiceAccountToken: false },
        { parent },
      );
    }

    function createService() {
      return new k8s.core.v1.Service(
        name,
        {
          metadata: { ...metadata, annotations: doNotAwait },
          spec: {
            clusterIP: "None",
            selector: labels.selector,
            ports: [{ name: "mongodb", port: PORT, targetPort: "mongodb", protocol: "TCP" }],
          },
        },
        { parent },
      );
    }

    function createNetworkPolicy() {
      const spec = allow(labels.selector, [{ peers: clients.map(podsWith), port: PORT }], []);
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
            serviceName: service.metadata.name,
            replicas: FERRET_DB_TENANT.replicas,
            selector: { matchLabels: labels.selector },
            updateStrategy: { type: "RollingUpdate" },
            revisionHistoryLimit: 5,
            persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
            template: podTemplate({
              labels,
              serviceAccountName: serviceAccount.metadata.name,
              container: createContainer(),
              terminationGracePeriodSeconds: 30,
            }),
            volumeClaimTemplates: [dataClaim()],
          },
        },
        { parent, customTimeouts: workloadTimeouts },
      );
    }

    function createContainer() {
      const probed = httpContainer({
        name: NAME,
        image: cluster.image("ferretdb"),
        imagePullPolicy: cluster.imagePullPolicy,
        resources: FERRET_DB_TENANT.resources,
        port: PROBES_PORT,
        volumeMounts: [{ name: "data", mountPath: DATA }],
      });
      return { ...probed, ports: [{ name: "mongodb", containerPort: PORT, protocol: "TCP" }, probesPort] };
    }

    function dataClaim(): k8s.types.input.core.v1.PersistentVolumeClaim {
      return {
        metadata: { name: "data", labels: labels.selector },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: cluster.storageClassName,
          resources: { requests: { storage } },
        },
      };
    }
  }
}
