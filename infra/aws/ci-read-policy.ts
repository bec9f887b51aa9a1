import { type Account, arnOf, iamArnOf } from "./account.js";
import { type Statement, taggedAsOurs } from "./policy.js";
import { GITHUB_ISSUER } from "./trust.js";

const NETWORK_LISTS = [
  "Addresses",
  "AddressesAttribute",
  "AvailabilityZones",
  "FlowLogs",
  "InternetGateways",
  "LaunchTemplates",
  "LaunchTemplateVersions",
  "NatGateways",
  "NetworkAcls",
  "RouteTables",
  "SecurityGroups",
  "SecurityGroupRules",
  "Subnets",
  "Tags",
  "Vpcs",
];

/**
 * What a preview and a look for drift read: how things are set up. No log, no image, no object and no secret is among
 * it, which the usual read-only policies of AWS would give as well.
 */
export function readStatements(account: Account): Statement[] {
  const { prefix } = account;
  return [
    {
      Sid: "ListWhatKnowsNoResources",
      Action: [
        ...NETWORK_LISTS.map((list) => `ec2:Describe${list}`),
        "kms:ListAliases",
        "logs:DescribeLogGroups",
        "route53:ListHostedZones",
        "route53:ListHostedZonesByName",
      ],
      Resource: "*",
    },
    {
      Sid: "ReadNetwork",
      Action: "ec2:DescribeVpcAttribute",
      Resource: arnOf(account, "ec2", "vpc/*"),
      Condition: taggedAsOurs(account),
    },
    {
      Sid: "ReadCluster",
      Action: ["eks:Describe*", "eks:ListAssociatedAccessPolicies", "eks:ListTagsForResource"],
      Resource: [
        arnOf(account, "eks", `cluster/${prefix}`),
        ...["access-entry", "addon", "nodegroup", "podidentityassociation"].map((kind) =>
          arnOf(account, "eks", `${kind}/${prefix}/*`),
        ),
      ],
    },
    {
      Sid: "ReadIdentities",
      Action: [
        "iam:GetOpenIDConnectProvider",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
      ],
      Resource: [iamArnOf(account, `role/${prefix}-*`), iamArnOf(account, `oidc-provider/${GITHUB_ISSUER}`)],
    },
    {
      Sid: "ReadKeys",
      Action: ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
      Resource: arnOf(account, "kms", "key/*"),
      Condition: taggedAsOurs(account),
    },
    {
      Sid: "ReadLogGroups",
      Action: "logs:ListTagsForResource",
      Resource: arnOf(account, "logs", "log-group:*"),
    },
    {
      Sid: "ReadRepositories",
      Action: [
        "ecr:DescribeRepositories",
        "ecr:GetLifecyclePolicy",
        "ecr:GetRepositoryPolicy",
        "ecr:ListTagsForResource",
      ],
      Resource: arnOf(account, "ecr", "repository/slipway/*"),
    },
    {
      Sid: "ReadCertificates",
      Action: ["acm:DescribeCertificate", "acm:ListTagsForCertificate"],
      Resource: arnOf(account, "acm", "certificate/*"),
    },
    {
      Sid: "ReadZone",
      Action: ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"],
      Resource: "arn:aws:route53:::hostedzone/*",
    },
    { Sid: "ReadZoneChanges", Action: "route53:GetChange", Resource: "arn:aws:route53:::change/*" },
  ];
}
