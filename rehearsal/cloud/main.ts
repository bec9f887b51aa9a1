import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterAccess } from "../cluster/access.js";
import { makeNodesWhenNeeded } from "../cluster/auto-nodes.js";
import { KubernetesCluster } from "../cluster/kubernetes-cluster.js";
import { balanceLoads } from "../cluster/load-balancers.js";
import { provideVolumes } from "../cluster/volumes.js";
import { eksAddresses } from "./aws/addresses.js";
import { autoModeZones } from "./aws/auto-mode.js";
import { EKS_DISKS } from "./aws/cluster-objects.js";
import { awsInvokes, awsRules } from "./aws/index.js";
import { Faults } from "./faults.js";
import { GKE_DISKS } from "./gcp/cluster-objects.js";
import { gcpInvokes, gcpRules } from "./gcp/index.js";
import { gkeAddresses } from "./gcp/addresses.js";
import { serve } from "./protocol.js";
import { Quotas } from "./quotas.js";
import { randomWireProvider } from "./random.js";
import { SimulatedProvider } from "./simulated-provider.js";
import { Store } from "./store.js";

/** What the clouds tell the rehearsal once they answer: the port of each provider. */
export type Ports = Readonly<Record<string, number>>;

// All clouds in one process, which goes on while engines come, go and are killed.
const [folder = ""] = process.argv.slice(2);
const accesses = JSON.parse(readFileSync(join(folder, "clusters.json"), "utf8")) as ClusterAccess[];
const clusterOf = (name: string) => {
  const access = accesses.find((one) => one.name === name);
  return access && new KubernetesCluster(access);
};
const faults = new Faults(join(folder, "faults.json"));
const quotas = new Quotas(join(folder, "quotas.json"));

const gcp = { store: new Store(join(folder, "gcp")), cluster: clusterOf("gke") };
if (gcp.cluster) {
  await provideVolumes(gcp.cluster.config, [GKE_DISKS]);
  await balanceLoads(gcp.cluster.config, gkeAddresses(gcp.store));
}

const aws = { store: new Store(join(folder, "aws")), cluster: clusterOf("eks") };
if (aws.cluster) {
  await provideVolumes(aws.cluster.config, [EKS_DISKS, "ebs.csi.aws.com"]);
  await balanceLoads(aws.cluster.config, eksAddresses);
  await makeNodesWhenNeeded(aws.cluster, autoModeZones(aws.store));
}

const served = {
  aws: await serve(
    new SimulatedProvider({ name: "aws", rules: awsRules, invokes: awsInvokes, cloud: aws, faults, quotas }),
  ),
  gcp: await serve(
    new SimulatedProvider({ name: "gcp", rules: gcpRules, invokes: gcpInvokes, cloud: gcp, faults, quotas }),
  ),
  random: await serve(randomWireProvider),
};
const ports: Ports = Object.fromEntries(Object.entries(served).map(([name, { port }]) => [name, port]));
process.send?.(ports);
