import { eksCpus } from "../../cluster/machine-types.js";
import type { QuotaTable, Taken } from "../quotas.js";

/** What a new account has in each region, under the names of Service Quotas. */
export const awsQuotas: QuotaTable = {
  // One of them is the default VPC, where nobody has deleted it.
  "VPCs per Region": {
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    default: 5,
    refusal: () => "VpcLimitExceeded: The maximum number of VPCs has been reached.",
  },
  "EC2-VPC Elastic IPs": {
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    default: 5,
    refusal: () => "AddressLimitExceeded: The maximum number of addresses has been reached.",
  },
  "EKS clusters": {
    source: "https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html",
    default: 100,
    refusal: () => "ResourceLimitExceededException: Cluster limit exceeded for account.",
  },
  // Counted in CPUs; Auto Mode's own nodes are of these, too.
  "Running On-Demand Standard instances": {
    source: "https://docs.aws.amazon.com/general/latest/gr/ec2-service.html",
    default: 5,
    refusal: ({ limit }) =>
      "unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: AsgInstanceLaunchFailures: Could not " +
      "launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU " +
      `limit of ${limit} allows for the instance bucket that the specified instance type belongs to.`,
  },
};

const one =
  (quota: string) =>
  (region: string): Taken => ({ quota, where: region, amount: 1 });

export const oneVpc = one("VPCs per Region");
export const oneElasticIp = one("EC2-VPC Elastic IPs");
export const oneCluster = one("EKS clusters");

export const cpusOfNodes = (region: string, instanceType: string, count: number): Taken => ({
  quota: "Running On-Demand Standard instances",
  where: region,
  amount: count * eksCpus(instanceType),
});
