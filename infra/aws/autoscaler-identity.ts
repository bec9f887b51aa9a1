import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
import * as pulumi from "@pulumi/pulumi";
import { type Account, arnOf } from "./account.js";
import { Identity } from "./identity.js";
import type { Statement } from "./policy.js";
import { podTrust } from "./trust.js";

export interface AutoscalerIdentityArgs {
  account: Account;
  clusterName: pulumi.Input<string>;
}

const NAMESPACE = "kube-system";
const SERVICE_ACCOUNT = "cluster-autoscaler";

/**
 * The right to move a node group between its bounds, for a Cluster Autoscaler under its usual name. None is installed:
 * what the node group has no room for gets nodes from Auto Mode.
 */
export class AutoscalerIdentity extends pulumi.ComponentResource {
  constructor(name: string, args: AutoscalerIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:AutoscalerIdentity", name, {}, opts);

    const { account, clusterName } = args;
    const parent = this;

    const identity = createIdentity();
    createAssociation();

    this.registerOutputs({});

    function createIdentity() {
      return new Identity(
        name,
        {
          roleName: `${account.prefix}-autoscaler`,
          description: "A Cluster Autoscaler of the managed node group",
          trust: [podTrust(account, NAMESPACE, SERVICE_ACCOUNT)],
          policies: { scale: scalingStatements(account) },
        },
        { parent },
      );
    }

    function createAssociation() {
      return new PodIdentityAssociation(
        name,
        { clusterName, namespace: NAMESPACE, serviceAccount: SERVICE_ACCOUNT, roleArn: identity.arn },
        { parent, dependsOn: [identity] },
      );
    }
  }
}

function scalingStatements(account: Account): Statement[] {
  const owned = { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${account.prefix}`]: "owned" };
  return [
    {
      Sid: "SeeGroups",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      // These know no resources: they list.
      Resource: "*",
    },
    {
      Sid: "SeeNodeGroups",
      Action: "eks:DescribeNodegroup",
      Resource: arnOf(account, "eks", `nodegroup/${account.prefix}/*`),
    },
    {
      Sid: "ScaleOwnGroups",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: arnOf(account, "autoscaling", "autoScalingGroup:*:autoScalingGroupName/*"),
      Condition: { StringEquals: owned },
    },
  ];
}
