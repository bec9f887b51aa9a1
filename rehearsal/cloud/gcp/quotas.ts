import { familyOf, gkeCpus } from "../../cluster/machine-types.js";
import type { Quota, QuotaTable, Taken } from "../quotas.js";

const decimal = (amount: number) => amount.toFixed(1);

/**
 * https://cloud.google.com/compute/resource-usage and https://cloud.google.com/vpc/docs/quota tell what is counted, and
 * leave the sizes to the console of each project.
 *
 * @param source where somebody met it in a new project
 */
const ofCompute = (source: string, limit: number): Quota => ({
  source,
  default: limit,
  refusal: ({ quota, where, limit: told }) => {
    const place = where === "global" ? "globally" : `in region ${where}`;
    return `error code "QUOTA_EXCEEDED", message: Quota '${quota}' exceeded.  Limit: ${decimal(told)} ${place}.`;
  },
});

/** GKE asks before it makes nodes, and says how much is missing. */
const ofNodes: Quota = {
  source:
    "https://github.com/kaiwaehner/hivemq-mqtt-tensorflow-kafka-realtime-iot-machine-learning-training-inference/issues/48",
  default: 24,
  refusal: ({ quota, amount, limit, used }) =>
    `Error 403: Insufficient regional quota to satisfy request: resource "${quota}": request requires ` +
    `'${decimal(amount)}' and is short '${decimal(amount + used - limit)}'. project has a quota of ` +
    `'${decimal(limit)}' with '${decimal(Math.max(0, limit - used))}' available.`,
};

/** What a new project has. */
export const gcpQuotas: QuotaTable = {
  NETWORKS: ofCompute("https://github.com/fortinet/fortigate-tutorial-gcp/issues/9", 5),
  // In each region, and as many of those that belong to none.
  STATIC_ADDRESSES: ofCompute("https://cloud.google.com/compute/resource-usage", 8),
  IN_USE_ADDRESSES: ofCompute(
    "https://github.com/hashicorp-education/learn-terraform-provision-gke-cluster/pull/4",
    8,
  ),
  CPUS: ofNodes,
  N2_CPUS: ofNodes,
  SQL_INSTANCES: {
    source: "https://cloud.google.com/sql/docs/mysql/quotas",
    default: 1000,
    refusal: () =>
      "Error 403: Failed to create instance because the project has reached the max instance per project limit., errorMaxInstancePerLabel",
  },
};

export const oneNetwork: Taken = { quota: "NETWORKS", where: "global", amount: 1 };
export const oneInstance: Taken = { quota: "SQL_INSTANCES", where: "global", amount: 1 };

/** @param where a region, or "global" */
export const oneAddress = (where: string): Taken => ({ quota: "STATIC_ADDRESSES", where, amount: 1 });

export const addressesInUse = (region: string, amount: number): Taken => ({
  quota: "IN_USE_ADDRESSES",
  where: region,
  amount,
});

/** E2 counts with the oldest machines, N2 by itself; spot nodes count alike until a project has a quota for them. */
export const cpusOfNodes = (region: string, machineType: string, count: number): Taken => ({
  quota: familyOf(machineType) === "n2" ? "N2_CPUS" : "CPUS",
  where: region,
  amount: count * gkeCpus(machineType),
});
