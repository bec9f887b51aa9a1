import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../platform.js";
import type { Container } from "./container.js";
import { labelsFor } from "./labels.js";
import { type Allowed, allow } from "./network-policy.js";
import { podTemplate } from "./pod.js";

export interface JobArgs {
  /** The app that it is done for. */
  app: string;

  /** What its pods are called by, such as "migrations"; no Service leads to them. */
  component: string;

  /** Says whom its pods are. */
  cluster: Pick<Cluster, "createIdentity">;
  namespace: pulumi.Input<string>;

  /** Built by `taskContainer`: it is done when this one ends well. */
  container: Container;

  /**
   * Containers that are ready before it starts, and end with it.
   *
   * @default none
   */
  nativeSidecars?: readonly Container[];

  /** @default none */
  volumes?: k8s.types.input.core.v1.Volume[];

  /** Whom its pods may call. */
  calls: readonly Allowed[];

  /**
   * How often it is tried again, after ten seconds and then twice as many. A pod that lost its node does not count.
   *
   * @default 1
   */
  backoffLimit?: number;

  /**
   * Seconds after which it has failed.
   *
   * @default 300
   */
  activeDeadlineSeconds?: number;

  /**
   * What must have been done before it.
   *
   * @default nothing
   */
  after?: readonly pulumi.Resource[];
}

/** Nobody asks what is done once to end early: it gets this long to end by itself. */
const GRACE_SEC = 30;

/**
 * Something that is done once, before whoever depends on it: again when anything that it is told is another, and when
 * it failed. Everything belongs to `parent`.
 */
export function createJob(name: string, args: JobArgs, parent: pulumi.Resource): k8s.batch.v1.Job {
  const { app, component, cluster, namespace, after = [] } = args;
  const { backoffLimit = 1, activeDeadlineSeconds = 300 } = args;
  const labels = labelsFor(app, component);
  const metadata = { name: component, namespace, labels: labels.labels };

  const identity = cluster.createIdentity(name, metadata, { parent });
  const policy = createNetworkPolicy();
  return createOnce();

  function createNetworkPolicy() {
    const spec = allow(labels.selector, [], args.calls);
    return new k8s.networking.v1.NetworkPolicy(name, { metadata, spec }, { parent });
  }

  function createOnce() {
    const timeout = `${activeDeadlineSeconds + 60}s`;
    return new k8s.batch.v1.Job(
      name,
      {
        // Without a name of ours: a Job can't be changed, so another one is made before this one goes.
        metadata: {
          namespace,
          labels: labels.labels,
          // Otherwise one that failed would stay failed, whatever has been repaired since.
          annotations: { "pulumi.com/replaceUnready": "true" },
        },
        spec: {
          backoffLimit,
          activeDeadlineSeconds,
          // The engine understands a Job that failed by its limit, and waits for one that failed by a rule's action.
          podFailurePolicy: {
            rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
          },
          template: podTemplate({
            labels,
            serviceAccountName: identity.serviceAccountName,
            container: args.container,
            nativeSidecars: args.nativeSidecars,
            volumes: args.volumes,
            terminationGracePeriodSeconds: GRACE_SEC,
            // No autoscaler takes its node away under it.
            annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
            restartPolicy: "Never",
          }),
        },
      },
      { parent, dependsOn: [policy, ...after], customTimeouts: { create: timeout, update: timeout } },
    );
  }
}
