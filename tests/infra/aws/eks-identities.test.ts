import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { createEksIdentities } from "../../../infra/aws/eks-identities.js";
import { only } from "../../support/program.js";
import { ofType, recordAws, statementsOf } from "./harness.js";

class Parent extends pulumi.ComponentResource {
  constructor() {
    super("test:index:Parent", "parent");
  }
}

describe("infra/aws/eks-identities", () => {
  const recordIdentities = () => recordAws((account) => createEksIdentities("eks", account, new Parent()));

  it("gives each part of the cluster the policies that AWS maintains for it, and no other", async () => {
    const attachments = ofType(
      await recordIdentities(),
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ).map(
      ({ inputs }) => `${inputs.role as string}: ${(inputs.policyArn as string).split("/").at(-1) ?? ""}`,
    );
    assert.deepEqual(attachments.sort(), [
      "slipway-test-eks-auto-nodes: AmazonEC2ContainerRegistryPullOnly",
      "slipway-test-eks-auto-nodes: AmazonEKSWorkerNodeMinimalPolicy",
      "slipway-test-eks-cluster: AmazonEKSBlockStoragePolicy",
      "slipway-test-eks-cluster: AmazonEKSClusterPolicy",
      "slipway-test-eks-cluster: AmazonEKSComputePolicy",
      "slipway-test-eks-cluster: AmazonEKSLoadBalancingPolicy",
      "slipway-test-eks-cluster: AmazonEKSNetworkingPolicy",
      "slipway-test-eks-networking: AmazonEKS_CNI_Policy",
      "slipway-test-eks-nodes: AmazonEC2ContainerRegistryPullOnly",
      "slipway-test-eks-nodes: AmazonEKSWorkerNodePolicy",
    ]);
  });

  it("has them used by the services that they are for", async () => {
    const resources = await recordIdentities();
    const trusted = (name: string) => {
      const { assumeRolePolicy } = only(resources, "aws:iam/role:Role", name).inputs;
      const [statement]: any[] = Object.values(statementsOf(assumeRolePolicy));
      return [statement.Principal.Service, statement.Action];
    };
    assert.deepEqual(trusted("eks-cluster"), ["eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]]);
    assert.deepEqual(trusted("eks-auto-nodes"), ["ec2.amazonaws.com", ["sts:AssumeRole"]]);
    assert.deepEqual(trusted("eks-nodes"), ["ec2.amazonaws.com", ["sts:AssumeRole"]]);
    const pods = ["pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"]];
    assert.deepEqual(trusted("eks-networking"), pods);
  });
});
