import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createPodDisruptionBudget, dataClaim, keepsItsClaims } from "../k8s/around-pods.js";
import { doNotAwait, workloadTimeouts } from "../k8s/await.js";
import type { Container } from "../k8s/container.js";
import { labelsFor } from "../k8s/labels.js";
import { type Allowed, allow, podsWith } from "../k8s/network-policy.js";
import { podTemplate } from "../k8s/pod.js";
import type { Cluster } from "../platform.js";

export interface DatabasePodArgs {
  /** The app that it keeps the data of. */
  app: string;

  /** What its objects, its port and its pod are called, such as "mysql". */
  component: string;
  cluster: Pick<Cluster, "createIdentity" | "storageClassName">;
  namespace: pulumi.Input<string>;

  /** Labels of the pods, in the same namespace, that may connect. */
  clients: readonly Readonly<Record<string, string>>[];

  /** Where clients connect to. */
  port: number;

  /** It finds its data in the volume "data". */
  container: Container;

  /** @default none but "data" */
  volumes?: k8s.types.input.core.v1.Volume[];

  terminationGracePeriodSeconds: number;

  /** Size of the volume. */
  storage: string;
}

export interface DatabasePod {
  readonly host: pulumi.Output<string>;

  /** Known when the database answers. */
  readonly statefulSet: k8s.apps.v1.StatefulSet;

  /** Whom the clients' pods must be allowed to call for it. */
  readonly calls: readonly Allowed[];
}

/** One pod with a volume that outlives it, and the rules around it. Everything belongs to `parent`. */
export function createDatabasePod(name: string, args: DatabasePodArgs, parent: pulumi.Resource): DatabasePod {
  const { app, component, cluster, namespace, clients, port, storage } = args;
  const labels = labelsFor(app, component);
  const metadata = { name: component, namespace, labels: labels.labels };
  const around = { name, metadata, parent };

  const identity = cluster.createIdentity(name, metadata, { parent });
  const service = createService();
  createNetworkPolicy();
  createPodDisruptionBudget(around, labels.selector);
  const statefulSet = createStatefulSet();

  return {
    statefulSet,
    host: pulumi.interpolate`${component}-0.${service.metadata.name}.${namespace}.svc`,
    calls: [{ peers: [podsWith(labels.selector)], port }],
  };

  function createService() {
    return new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadata, annotations: doNotAwait },
        spec: {
          clusterIP: "None",
          selector: labels.selector,
          ports: [{ name: component, port, targetPort: component, protocol: "TCP" }],
        },
      },
      { parent },
    );
  }

  function createNetworkPolicy() {
    const spec = allow(labels.selector, [{ peers: clients.map(podsWith), port }], []);
    return new k8s.networking.v1.NetworkPolicy(name, { metadata, spec }, { parent });
  }

  function createStatefulSet() {
    return new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata,
        spec: {
          serviceName: service.metadata.name,
          replicas: 1,
          selector: { matchLabels: labels.selector },
          updateStrategy: { type: "RollingUpdate" },
          revisionHistoryLimit: 5,
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
          template: podTemplate({
            labels,
            serviceAccountName: identity.serviceAccountName,
            container: args.container,
            terminationGracePeriodSeconds: args.terminationGracePeriodSeconds,
            volumes: args.volumes,
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
