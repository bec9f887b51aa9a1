import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** What every workload of ours has around its pods; each belongs to `parent`. */
export interface AroundPods {
  /** Name of the resource. */
  name: string;
  metadata: k8s.types.input.meta.v1.ObjectMeta;
  parent: pulumi.Resource;
}

/** Lets a drain of nodes take the pods with those labels one at a time. */
export function createPodDisruptionBudget(
  { name, metadata, parent }: AroundPods,
  matchLabels: Readonly<Record<string, string>>,
): k8s.policy.v1.PodDisruptionBudget {
  return new k8s.policy.v1.PodDisruptionBudget(
    name,
    { metadata, spec: { maxUnavailable: 1, selector: { matchLabels } } },
    { parent },
  );
}

export interface DataClaimArgs {
  labels: Readonly<Record<string, string>>;
  storageClassName: string;

  /** Size of the volume. */
  storage: string;
}

/** A volume of its own for each pod of a StatefulSet, which its container mounts as "data". */
export function dataClaim(args: DataClaimArgs): k8s.types.input.core.v1.PersistentVolumeClaim {
  const { labels, storageClassName, storage } = args;
  return {
    metadata: { name: "data", labels },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName,
      resources: { requests: { storage } },
    },
  };
}

/**
 * For a StatefulSet with such volumes. Kubernetes lets nobody change the claims of one, so Pulumi would replace it: all pods
 * would stop at once, and come back to volumes as they were. docs/runbooks/stuck.md says how those grow.
 */
export const keepsItsClaims: pulumi.CustomResourceOptions = { ignoreChanges: ["spec.volumeClaimTemplates"] };
