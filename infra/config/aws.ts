import { z } from "zod";
import { gitHubRepository, ipRange, nodeCounts, reachableFrom } from "./values.js";

const accountId = z.string().regex(/^\d{12}$/, 'expected an AWS account id in quotes such as "123456789012"');
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as "us-west-2"');
const zone = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'expected an availability zone such as "us-west-2a"');
const roleArn = z
  .string()
  .regex(
    /^arn:aws:iam::\d{12}:(role|user)\/.+$/,
    'expected the ARN of an IAM role or user such as "arn:aws:iam::123456789012:role/admin"',
  );

/** `slipway:aws`: everything of Amazon Web Services. Left out, nothing of it is created. */
export const aws = z
  .strictObject({
    accountId,
    region,

    network: z
      .strictObject({
        vpc: ipRange.optional(),
        /** Availability zones; two at least, which EKS demands. */
        zones: z.array(zone).min(2).max(4).optional(),
        /** "one" is cheaper, "each" keeps the other zones going when one is gone. */
        natGateways: z.enum(["one", "each"]).optional(),
        flowLogs: z.boolean().optional(),
      })
      .optional(),

    eks: z.strictObject({
      version: z
        .string()
        .regex(/^1\.\d\d$/, 'expected a Kubernetes version in quotes such as "1.34"')
        .optional(),
      instanceType: z
        .string()
        .regex(/^[a-z0-9-]+\.[a-z0-9]+$/, 'expected an instance type such as "m5.large"')
        .optional(),
      ...nodeCounts,
      desiredNodes: z.int().min(0).max(100).optional(),
      /** Networks that may reach the control plane. Left out, only the VPC itself. */
      reachableFrom: reachableFrom.optional(),
      /** Role in which whoever uses the kubeconfig enters. */
      roleArn: roleArn.optional(),
      /** Who may do everything in the cluster, besides the deployments. */
      admins: z.array(roleArn).optional(),
    }),

    /** Name of a hosted zone in Route 53 that the apps' hosts belong to; needed by every app on eks. */
    hostedZone: z.hostname().optional(),

    /** Lets this repository's workflows sign in without a key; as in `slipway:gcp.gitHubRepository`. */
    gitHubRepository: gitHubRepository.optional(),
  })
  .refine(({ region, network }) => network?.zones?.every((name) => name.startsWith(region)) ?? true, {
    path: ["network", "zones"],
    message: "expected zones of slipway:aws.region",
  })
  .refine(({ eks }) => (eks.minNodes ?? 0) <= (eks.maxNodes ?? Infinity), {
    path: ["eks", "minNodes"],
    message: "expected at most maxNodes",
  })
  .refine(({ eks }) => (eks.minNodes ?? 0) <= (eks.desiredNodes ?? Infinity), {
    path: ["eks", "desiredNodes"],
    message: "expected at least minNodes",
  })
  .refine(({ eks }) => (eks.desiredNodes ?? 0) <= (eks.maxNodes ?? Infinity), {
    path: ["eks", "desiredNodes"],
    message: "expected at most maxNodes",
  })
  .optional();
