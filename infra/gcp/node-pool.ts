import { NodePool as ContainerNodePool } from "@pulumi/gcp/container/nodePool.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudLabels } from "./labels.js";

export interface NodePoolSize {
  /** @default "e2-standard-4" */
  machineType?: string;

  /**
   * Nodes for a third of the price, which Google may take away at any time with 30 seconds' notice.
   *
   * @default false
   */
  spot?: boolean;

  /**
   * In each zone.
   *
   * @default 1
   */
  minNodes?: number;

  /**
   * In each zone.
   *
   * @default 3
   */
  maxNodes?: number;
}

export interface NodePoolArgs extends NodePoolSize {
  project: pulumi.Input<string>;
  location: string;
  clusterName: pulumi.Input<string>;

  /** Email of who the nodes are. */
  serviceAccount: pulumi.Input<string>;
}

/** The nodes of a cluster: as many as its pods need, without public addresses, replaced one by one. */
export class NodePool extends pulumi.ComponentResource {
  constructor(name: string, args: NodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:NodePool", name, {}, opts);

    const { project, location, clusterName, serviceAccount } = args;
    const { machineType = "e2-standard-4", spot = false, minNodes = 1, maxNodes = 3 } = args;
    if (minNodes > maxNodes) {
      throw new pulumi.InputPropertyError({
        propertyPath: "gke.minNodes",
        reason: `expected at most maxNodes (${maxNodes}), got ${minNodes}`,
      });
    }
    const parent = this;

    createNodePool();

    this.registerOutputs({});

    function createNodePool() {
      return new ContainerNodePool(
        name,
        {
          project,
          location,
          cluster: clusterName,
          // Zero nodes would stay zero until a pod waits; GKE's own pods wait from the beginning.
          initialNodeCount: Math.max(minNodes, 1),
          autoscaling: {
            minNodeCount: minNodes,
            maxNodeCount: maxNodes,
            locationPolicy: spot ? "ANY" : "BALANCED",
          },
          management: { autoRepair: true, autoUpgrade: true },
          // A new node is there before an old one is drained.
          upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
          networkConfig: { enablePrivateNodes: true },
          nodeConfig: createNodeConfig(),
        },
        {
          parent,
          // Says how many nodes there are at the very beginning: another minimum must not replace the pool.
          ignoreChanges: ["initialNodeCount"],
          // Every node is drained, and a drain may wait an hour for a disruption budget.
          customTimeouts: { create: "30m", update: "3h", delete: "2h" },
        },
      );
    }

    function createNodeConfig() {
      return {
        machineType,
        spot,
        imageType: "COS_CONTAINERD",
        diskType: "pd-balanced",
        diskSizeGb: 50,
        serviceAccount,
        // What the nodes may do is said by the roles of their service account alone.
        oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
        // Pods see their own identity, never the node's.
        workloadMetadataConfig: { mode: "GKE_METADATA" },
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        metadata: { "disable-legacy-endpoints": "true" },
        resourceLabels: cloudLabels(),
      };
    }
  }
}
