import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate.js";
import * as eks from "@pulumi/aws/eks/nodeGroup.js";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account.js";
import type { Identity } from "./identity.js";
import { type NodeCountsArgs, nodeCountsFor } from "./node-counts.js";

export interface NodeGroupArgs extends NodeCountsArgs {
  account: Account;
  clusterName: pulumi.Input<string>;

  /** Kubernetes version of the nodes; the cluster's. */
  version: string;

  /** Private ones, in every zone. */
  subnetIds: readonly pulumi.Input<string>[];

  /** In which the nodes act. */
  identity: Identity;

  /** @default "m5.large" */
  instanceType?: string;

  /** What the nodes need to become ready. */
  after: readonly pulumi.Resource[];
}

// Holds the images of every app twice over, the version that runs and the one that comes.
const VOLUME_GIB = 50;

/**
 * Nodes whose number is configured, spread over the zones. The template holds the instance type, so another one
 * renews the nodes one by one, and the group itself stays.
 */
export class NodeGroup extends pulumi.ComponentResource {
  constructor(name: string, args: NodeGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:NodeGroup", name, {}, opts);

    const { account, clusterName, version, subnetIds, identity, instanceType = "m5.large", after } = args;
    const parent = this;
    refuseArm(instanceType);
    const scalingConfig = nodeCountsFor(args);

    const template = createTemplate();
    createNodeGroup();

    this.registerOutputs({});

    function createTemplate() {
      const tags = { ...account.tags, Name: `${account.prefix}-node` };
      const ebs = {
        volumeType: "gp3",
        volumeSize: VOLUME_GIB,
        encrypted: "true",
        deleteOnTermination: "true",
      };
      return new LaunchTemplate(
        name,
        {
          instanceType,
          // One hop is the node itself: no pod gets at the node's own rights.
          metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
          blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs }],
          // The provider's default tags end at the template: what it starts would have none.
          tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
            resourceType,
            tags,
          })),
        },
        { parent },
      );
    }

    function createNodeGroup() {
      return new eks.NodeGroup(
        name,
        {
          clusterName,
          version,
          nodeRoleArn: identity.arn,
          subnetIds: [...subnetIds],
          amiType: "AL2023_x86_64_STANDARD",
          launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
          scalingConfig,
          updateConfig: { maxUnavailable: 1 },
          nodeRepairConfig: { enabled: true },
        },
        { parent, dependsOn: [identity, ...after] },
      );
    }
  }
}

/** Families with a "g" behind their number are ARM's: their nodes start, and no container on them does. */
function refuseArm(instanceType: string): void {
  if (/^(a1|[a-z]+\d+g[a-z]*)\./.test(instanceType)) {
    throw new pulumi.InputPropertyError({
      propertyPath: "eks.instanceType",
      reason: `expected an x86-64 type such as "m5.large", which the images are built for, got "${instanceType}"`,
    });
  }
}
