import type { StackConfig } from "./config.js";
import { ExistingGke } from "./gcp/existing-gke.js";
import { LocalCluster } from "./local/cluster.js";
import type { Cluster, ClusterName } from "./platform.js";

/** The clusters of this stack, by name. */
export interface Clusters {
  /** The cluster of that name; the configuration has checked that the stack has it. */
  get(name: ClusterName): Cluster;
}

/** Builds every cluster that the stack file names, and no other: the one place where a cloud is chosen. */
export function createClusters({ images, local, gke }: StackConfig): Clusters {
  const clusters = new Map<ClusterName, Cluster>();
  if (local) clusters.set("local", new LocalCluster("local", { ...local, images }));
  if (gke) clusters.set("gke", new ExistingGke("gke", { ...gke, images }));

  return {
    get(name) {
      const cluster = clusters.get(name);
      if (!cluster)
        throw new Error(
          `cluster "${name}" is not in this stack, which has ${[...clusters.keys()].join(", ")}`,
        );
      return cluster;
    },
  };
}
