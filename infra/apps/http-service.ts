import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createPodDisruptionBudget } from "../k8s/around-pods.js";
import { PROGRESS_DEADLINE_SEC, doNotAwait, workloadTimeouts } from "../k8s/await.js";
import type { Container } from "../k8s/container.js";
import { labelsFor } from "../k8s/labels.js";
import { type Allowed, allow } from "../k8s/network-policy.js";
import { podTemplate } from "../k8s/pod.js";
import type { BackendArgs, Cluster } from "../platform.js";

export interface HttpServiceArgs {
  /** The app that this is a component of, such as "journal". */
  app: string;

  /** Which component of the app it is, such as "frontend"; also the name of its Service. */
  component: string;

  cluster: Cluster;

  namespace: pulumi.Input<string>;

  /** Built by `httpContainer`. */
  container: Container;

  /** Port of the container. */
  port: number;

  /** Port of the Service. */
  servicePort: number;

  /** Number of pods; with a single one, every node that goes is an outage. */
  replicas: number;

  /**
   * Number of pods up to which it grows when they are busy.
   *
   * @default none: it stays at `replicas`
   */
  maxReplicas?: number;

  /**
   * Whether a node takes one of its pods only.
   *
   * @default false
   */
  onePerNode?: boolean;

  /**
   * Whether the old pods are gone before the new ones start, of a program that can't be there twice.
   *
   * @default false
   */
  recreate?: boolean;

  /** Must be longer than the program takes to drain. */
  terminationGracePeriodSeconds: number;

  /**
   * How the cloud's load balancer treats it; the path is that of the readiness probe.
   *
   * @default none: no entry leads to it
   */
  backend?: Pick<BackendArgs, "healthPath" | "timeoutSec" | "drainTimeoutSec" | "sticky" | "crossSite">;

  /**
   * Whether it answers with its metrics under "/metrics".
   *
   * @default false
   */
  hasMetrics?: boolean;

  /**
   * Who may call it beside an entry.
   *
   * @default nobody
   */
  callers?: readonly k8s.types.input.networking.v1.NetworkPolicyPeer[];

  /**
   * Containers that are ready before it starts, and stop after it has.
   *
   * @default none
   */
  nativeSidecars?: readonly Container[];

  /**
   * Whom its pods may call.
   *
   * @default nobody
   */
  calls?: readonly Allowed[];

  /** @default none */
  volumes?: k8s.types.input.core.v1.Volume[];

  /**
   * What must have been done before its pods start.
   *
   * @default nothing
   */
  after?: readonly pulumi.Resource[];
}

/** Pods that serve HTTP without keeping anything: the workload, its Service and the rules around them. */
export class HttpService extends pulumi.ComponentResource {
  readonly serviceName: pulumi.Output<string>;
  readonly servicePort: number;

  /** Known when its pods are those of this update. */
  readonly deploymentName: pulumi.Output<string>;

  constructor(name: string, args: HttpServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:apps:HttpService", name, {}, opts);

    const { cluster, namespace, component, replicas, maxReplicas, calls = [], volumes = [] } = args;
    const { onePerNode = false, callers = [], nativeSidecars = [], recreate = false, after = [] } = args;
    const { hasMetrics = false } = args;
    const parent = this;
    const labels = labelsFor(args.app, component);
    const metadata = { name: component, namespace, labels: labels.labels };
    const around = { name, metadata, parent };

    const identity = cluster.createIdentity(name, metadata, { parent });
    createNetworkPolicy();
    createPodDisruptionBudget(around, labels.selector);
    const deployment = createDeployment();
    if (maxReplicas !== undefined) createAutoscaler(maxReplicas);
    const backend = args.backend && createBackend(args.backend);
    const service = createService();
    if (hasMetrics) {
      cluster.collectMetrics(`${name}-metrics`, { namespace, ...labels, port: "http" }, { parent });
    }

    this.serviceName = service.metadata.name;
    this.servicePort = args.servicePort;
    this.deploymentName = deployment.metadata.name;
    this.registerOutputs({ serviceName: this.serviceName });

    function createBackend(own: NonNullable<HttpServiceArgs["backend"]>) {
      return cluster.createBackend(name, { ...own, namespace, healthPort: args.port }, { parent });
    }

    function createNetworkPolicy() {
      const collectors = hasMetrics ? cluster.metricsPeers : [];
      const peers = [...(args.backend ? cluster.entryPeers : []), ...callers, ...collectors];
      const spec = allow(labels.selector, [{ peers, port: args.port }], calls);
      return new k8s.networking.v1.NetworkPolicy(name, { metadata, spec }, { parent });
    }

    function createDeployment() {
      return new k8s.apps.v1.Deployment(
        name,
        {
          metadata,
          spec: {
            // What an autoscaler decides must not be undone by every update.
            ...(maxReplicas === undefined && { replicas }),
            selector: { matchLabels: labels.selector },
            strategy: recreate
              ? { type: "Recreate" }
              : { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            // A pod that dies right after its start must not let the rollout go on.
            minReadySeconds: 5,
            progressDeadlineSeconds: PROGRESS_DEADLINE_SEC,
            revisionHistoryLimit: 5,
            template: podTemplate({
              labels,
              serviceAccountName: identity.serviceAccountName,
              container: args.container,
              nativeSidecars,
              volumes,
              terminationGracePeriodSeconds: args.terminationGracePeriodSeconds,
              spreadEachVersion: true,
              onePerNode,
            }),
          },
        },
        { parent, dependsOn: [...after], customTimeouts: workloadTimeouts },
      );
    }

    function createAutoscaler(most: number) {
      return new k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name,
        {
          metadata,
          spec: {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment.metadata.name },
            minReplicas: replicas,
            maxReplicas: most,
            metrics: [
              {
                type: "Resource",
                resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
              },
            ],
            // Each pod that goes moves all its clients.
            behavior: {
              scaleDown: {
                stabilizationWindowSeconds: 600,
                policies: [{ type: "Pods", value: 1, periodSeconds: 120 }],
              },
            },
          },
        },
        { parent },
      );
    }

    function createService() {
      return new k8s.core.v1.Service(
        name,
        {
          metadata: {
            ...metadata,
            annotations: pulumi
              .output(backend?.annotations ?? {})
              .apply((own) => ({ ...own, ...doNotAwait })),
          },
          spec: {
            selector: labels.selector,
            ports: [{ name: "http", port: args.servicePort, targetPort: "http", protocol: "TCP" }],
          },
        },
        { parent },
      );
    }
  }
}
