import type * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account.js";
import { Identity } from "./identity.js";
import { podTrust, serviceTrust } from "./trust.js";

export interface EksIdentities {
  /** EKS itself: in Auto Mode it also makes nodes, load balancers and volumes. */
  readonly cluster: Identity;

  /** The nodes that EKS makes. */
  readonly autoNodes: Identity;

  /** The nodes of the node group. */
  readonly nodes: Identity;

  /** What gives the pods of the node group their addresses. */
  readonly networking: Identity;
}

/** Roles of a cluster's own parts. Each has the policies that AWS maintains for that part, and no node has more. */
export function createEksIdentities(name: string, account: Account, parent: pulumi.Resource): EksIdentities {
  return {
    cluster: new Identity(
      `${name}-cluster`,
      {
        roleName: `${account.prefix}-eks-cluster`,
        description: "EKS, for the control plane and Auto Mode",
        trust: [serviceTrust("eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"])],
        awsPolicies: [
          "AmazonEKSClusterPolicy",
          "AmazonEKSComputePolicy",
          "AmazonEKSBlockStoragePolicy",
          "AmazonEKSLoadBalancingPolicy",
          "AmazonEKSNetworkingPolicy",
        ],
      },
      { parent },
    ),

    autoNodes: new Identity(
      `${name}-auto-nodes`,
      {
        roleName: `${account.prefix}-eks-auto-nodes`,
        description: "Nodes that EKS Auto Mode makes",
        trust: [serviceTrust("ec2.amazonaws.com")],
        awsPolicies: ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"],
      },
      { parent },
    ),

    nodes: new Identity(
      `${name}-nodes`,
      {
        roleName: `${account.prefix}-eks-nodes`,
        description: "Nodes of the managed node group",
        trust: [serviceTrust("ec2.amazonaws.com")],
        awsPolicies: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
      },
      { parent },
    ),

    networking: new Identity(
      `${name}-networking`,
      {
        roleName: `${account.prefix}-eks-networking`,
        description: "The network plugin on the nodes of the managed node group",
        trust: [podTrust(account, "kube-system", "aws-node")],
        awsPolicies: ["AmazonEKS_CNI_Policy"],
      },
      { parent },
    ),
  };
}
