import * as pulumi from "@pulumi/pulumi";
import { type Account, arnOf, iamArnOf } from "./account.js";
import { type Statement, taggedAsOurs } from "./policy.js";

/**
 * What the everyday changes of a stack file need: nodes, versions, zones, routes, repositories, hosts. Who may do what
 * is not among it, nor are keys, the life of the cluster, or its access entries: a pull request that changes those
 * fails in the workflow and is applied by a person, so that no workflow can give rights to itself.
 */
export function deployStatements(account: Account, zoneId?: pulumi.Input<string>): Statement[] {
  return [
    ...networkStatements(account),
    ...clusterStatements(account),
    {
      Sid: "AddRepositories",
      Action: [
        "ecr:CreateRepository",
        "ecr:PutImageScanningConfiguration",
        "ecr:PutLifecyclePolicy",
        "ecr:TagResource",
      ],
      Resource: arnOf(account, "ecr", "repository/slipway/*"),
    },
    {
      // A repository gets a grant of its own from whoever makes it.
      Sid: "LendKeysToServices",
      Action: "kms:CreateGrant",
      Resource: arnOf(account, "kms", "key/*"),
      Condition: { ...taggedAsOurs(account), Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
    {
      Sid: "TakeKeysBack",
      Action: "kms:RetireGrant",
      Resource: arnOf(account, "kms", "key/*"),
      Condition: taggedAsOurs(account),
    },
    {
      Sid: "AddCertificates",
      Action: ["acm:AddTagsToCertificate", "acm:RequestCertificate"],
      Resource: arnOf(account, "acm", "certificate/*"),
    },
    {
      Sid: "DeleteCertificates",
      Action: "acm:DeleteCertificate",
      Resource: arnOf(account, "acm", "certificate/*"),
      Condition: taggedAsOurs(account),
    },
    ...zoneStatements(zoneId),
  ];
}

function networkStatements(account: Account): Statement[] {
  const everythingThere = arnOf(account, "ec2", "*/*");
  return [
    {
      Sid: "AddToNetwork",
      Action: [
        "ec2:AllocateAddress",
        "ec2:AssociateRouteTable",
        "ec2:CreateFlowLogs",
        "ec2:CreateNatGateway",
        "ec2:CreateRoute",
        "ec2:CreateRouteTable",
        "ec2:CreateSubnet",
        "ec2:ReplaceRoute",
        "ec2:ReplaceRouteTableAssociation",
      ],
      Resource: everythingThere,
    },
    {
      // Tags are what the rights below go by, so they are given with what is made and not to what others made.
      Sid: "TagWhatIsMade",
      Action: "ec2:CreateTags",
      Resource: everythingThere,
      Condition: {
        StringEquals: {
          "ec2:CreateAction": [
            "AllocateAddress",
            "CreateFlowLogs",
            "CreateLaunchTemplate",
            "CreateNatGateway",
            "CreateRouteTable",
            "CreateSubnet",
            "RunInstances",
          ],
        },
      },
    },
    {
      Sid: "ChangeWhatIsOurs",
      Action: [
        "ec2:CreateTags",
        "ec2:DeleteFlowLogs",
        "ec2:DeleteNatGateway",
        "ec2:DeleteRoute",
        "ec2:DeleteRouteTable",
        "ec2:DeleteSubnet",
        "ec2:DeleteTags",
        "ec2:DisassociateAddress",
        "ec2:DisassociateRouteTable",
        "ec2:ReleaseAddress",
      ],
      Resource: everythingThere,
      Condition: taggedAsOurs(account),
    },
  ];
}

function clusterStatements(account: Account): Statement[] {
  const { prefix } = account;
  const template = arnOf(account, "ec2", "launch-template/*");
  const role = (name: string) => iamArnOf(account, `role/${prefix}-${name}`);
  return [
    {
      Sid: "ChangeCluster",
      Action: [
        "eks:CreateAddon",
        "eks:CreateNodegroup",
        "eks:DeleteAddon",
        "eks:DeleteNodegroup",
        "eks:TagResource",
        "eks:UpdateAddon",
        "eks:UpdateClusterConfig",
        "eks:UpdateClusterVersion",
        "eks:UpdateNodegroupConfig",
        "eks:UpdateNodegroupVersion",
      ],
      Resource: ["cluster", "addon", "nodegroup"].map((kind) =>
        arnOf(account, "eks", `${kind}/${prefix}${kind === "cluster" ? "" : "/*"}`),
      ),
    },
    {
      Sid: "ChangeNodes",
      Action: ["ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"],
      Resource: template,
    },
    {
      // EKS tries a new template in the name of whoever brings it.
      Sid: "TryTemplates",
      Action: "ec2:RunInstances",
      Resource: [arnOf(account, "ec2", "*/*"), `arn:aws:ec2:${account.region}::image/*`],
      Condition: { ArnLike: { "ec2:LaunchTemplate": template } },
    },
    {
      Sid: "HandRolesToTheirServices",
      Action: "iam:PassRole",
      Resource: ["eks-cluster", "eks-auto-nodes", "eks-nodes", "eks-networking", "flow-logs"].map(role),
      Condition: {
        StringEquals: {
          "iam:PassedToService": [
            "ec2.amazonaws.com",
            "eks.amazonaws.com",
            "pods.eks.amazonaws.com",
            "vpc-flow-logs.amazonaws.com",
          ],
        },
      },
    },
  ];
}

function zoneStatements(zoneId?: pulumi.Input<string>): Statement[] {
  if (zoneId === undefined) return [];
  return [
    {
      Sid: "ChangeRecords",
      Action: "route53:ChangeResourceRecordSets",
      Resource: pulumi.interpolate`arn:aws:route53:::hostedzone/${zoneId}`,
    },
  ];
}
