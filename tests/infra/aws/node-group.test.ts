import assert from "node:assert/strict";
import { Identity } from "../../../infra/aws/identity.js";
import { NodeGroup, type NodeGroupArgs } from "../../../infra/aws/node-group.js";
import { serviceTrust } from "../../../infra/aws/trust.js";
import { only } from "../../support/program.js";
import { namesOf, recordAws, refuses } from "./harness.js";

const GROUP = "aws:eks/nodeGroup:NodeGroup";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

describe("infra/aws/node-group", () => {
  const recordGroup = (args: Partial<NodeGroupArgs> = {}, preview = false) =>
    recordAws(
      (account) => {
        const identity = new Identity("role", {
          roleName: "slipway-test-eks-nodes",
          description: "Nodes",
          trust: [serviceTrust("ec2.amazonaws.com")],
          awsPolicies: ["AmazonEKSWorkerNodePolicy"],
        });
        return new NodeGroup("nodes", {
          account,
          identity,
          clusterName: "slipway-test",
          version: "1.35",
          subnetIds: ["subnet-a", "subnet-b"],
          after: [],
          ...args,
        });
      },
      { preview },
    );

  it("defaults to two m5.large, of two to four, over the private subnets", async () => {
    const resources = await recordGroup();
    assert.deepEqual(
      namesOf(resources).filter((name) => name.endsWith(" nodes")),
      ["LaunchTemplate nodes", "NodeGroup nodes", "NodeGroup nodes"],
    );
    assert.equal(only(resources, TEMPLATE, "nodes").inputs.instanceType, "m5.large");
    assert.deepEqual(only(resources, GROUP, "nodes").inputs, {
      clusterName: "slipway-test",
      version: "1.35",
      nodeRoleArn: "arn:aws:iam::123456789012:role/slipway-test-eks-nodes",
      subnetIds: ["subnet-a", "subnet-b"],
      amiType: "AL2023_x86_64_STANDARD",
      launchTemplate: { id: "nodes-id", version: "3" },
      scalingConfig: { minSize: 2, maxSize: 4, desiredSize: 2 },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
    });
  });

  it("takes other numbers of nodes", async () => {
    const resources = await recordGroup({ minNodes: 2, desiredNodes: 3, maxNodes: 6 });
    assert.deepEqual(only(resources, GROUP, "nodes").inputs.scalingConfig, {
      minSize: 2,
      desiredSize: 3,
      maxSize: 6,
    });
  });

  it("sees every change of those numbers: nobody else moves them", async () => {
    assert.deepEqual(only(await recordGroup(), GROUP, "nodes").ignoreChanges, []);
  });

  it("takes another instance type by the template, so that the group stays and its nodes are renewed", async () => {
    const one = await recordGroup();
    const other = await recordGroup({ instanceType: "m6i.xlarge" });
    assert.equal(only(other, TEMPLATE, "nodes").inputs.instanceType, "m6i.xlarge");
    assert.deepEqual(only(other, GROUP, "nodes").inputs, only(one, GROUP, "nodes").inputs);
  });

  it("has no physical name, so that a new group can stand beside the old one if it must be replaced", async () => {
    const { inputs } = only(await recordGroup(), GROUP, "nodes");
    assert.deepEqual([inputs.nodeGroupName, inputs.nodeGroupNamePrefix], [undefined, undefined]);
  });

  it("keeps the node's own rights from its pods", async () => {
    const { inputs } = only(await recordGroup(), TEMPLATE, "nodes");
    assert.deepEqual(inputs.metadataOptions, {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
  });

  it("encrypts the nodes' disks", async () => {
    const { inputs } = only(await recordGroup(), TEMPLATE, "nodes");
    assert.deepEqual(inputs.blockDeviceMappings, [
      {
        deviceName: "/dev/xvda",
        ebs: { volumeType: "gp3", volumeSize: 50, encrypted: "true", deleteOnTermination: "true" },
      },
    ]);
  });

  it("tags what the template starts, which the provider's own tags do not reach", async () => {
    const { inputs } = only(await recordGroup(), TEMPLATE, "nodes");
    const tags = { Project: "slipway", Stack: "test", ManagedBy: "pulumi", Name: "slipway-test-node" };
    assert.deepEqual(inputs.tagSpecifications, [
      { resourceType: "instance", tags },
      { resourceType: "volume", tags },
      { resourceType: "network-interface", tags },
    ]);
  });

  it("begins when the role has its rights, without which no node joins", async () => {
    const resources = await recordGroup();
    const { urn } = only(
      resources,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "role-AmazonEKSWorkerNodePolicy",
    );
    assert.ok(only(resources, GROUP, "nodes").dependencies.includes(urn));
  });

  it("refuses ARM's instance types, on which the images do not run", async () => {
    await recordAws((account) => {
      for (const instanceType of ["m7g.large", "t4g.medium", "c7gn.xlarge", "a1.large", "im4gn.large"]) {
        refuses(
          () =>
            new NodeGroup(instanceType, {
              account,
              identity: undefined as never,
              clusterName: "slipway-test",
              version: "1.35",
              subnetIds: [],
              after: [],
              instanceType,
            }),
          "eks.instanceType",
          `expected an x86-64 type such as "m5.large", which the images are built for, got "${instanceType}"`,
        );
      }
    });
    for (const instanceType of ["g4dn.xlarge", "m5.large", "r6id.large", "p4d.24xlarge", "c7i-flex.large"]) {
      const { inputs } = only(await recordGroup({ instanceType }), TEMPLATE, "nodes");
      assert.equal(inputs.instanceType, instanceType);
    }
  });
});
