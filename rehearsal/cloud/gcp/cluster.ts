import type { Properties } from "../../../engine/random-provider/wire.js";
import { gkeAllocatable } from "../../cluster/machine-types.js";
import type { NodePool } from "../../cluster/nodes.js";
import { emptyCluster } from "../clusters.js";
import { block, text, type Rule, type Rules, type Thing } from "../rule.js";
import { gkeObjects } from "./cluster-objects.js";
import { ACCOUNT } from "./identity.js";
import { CRYPTO_KEY_MEMBER } from "./keys.js";
import { numberOf, projectOf, shortName, source, withApi } from "./naming.js";
import { NETWORK, SUBNETWORK } from "./network.js";
import { cpusOfNodes } from "./quotas.js";

export const CLUSTER = "gcp:container/cluster:Cluster";
const NODE_POOL = "gcp:container/nodePool:NodePool";

const locationOf = ({ inputs, config }: Pick<Thing, "inputs" | "config">) =>
  text(inputs, "location") || text(config, "zone") || text(config, "region");

const isZone = (location: string) => /-[a-z]$/.test(location);

/** Where nodes stand when nobody says so: https://cloud.google.com/compute/docs/regions-zones */
function zonesOf(location: string): string[] {
  if (isZone(location)) return [location];
  return (location === "europe-west1" ? ["b", "c", "d"] : ["a", "b", "c"]).map(
    (letter) => `${location}-${letter}`,
  );
}

const cluster: Rule = {
  source: source("container", "container_cluster"),
  name: { input: "name", allowed: shortName(40) },
  replacesOn: [
    ...[
      "name",
      "project",
      "location",
      "description",
      "network",
      "subnetwork",
      "networkingMode",
      "clusterIpv4Cidr",
    ],
    ...["ipAllocationPolicy.clusterSecondaryRangeName", "ipAllocationPolicy.servicesSecondaryRangeName"],
    ...["ipAllocationPolicy.clusterIpv4CidrBlock", "ipAllocationPolicy.servicesIpv4CidrBlock"],
    ...[
      "datapathProvider",
      "enableAutopilot",
      "initialNodeCount",
      "defaultMaxPodsPerNode",
      "enableKubernetesAlpha",
    ],
    ...[
      "confidentialNodes",
      "masterAuth.clientCertificateConfig",
      "privateClusterConfig.masterIpv4CidrBlock",
    ],
    ...["nodeConfig.metadata", "nodeConfig.oauthScopes", "nodeConfig.serviceAccount", "nodeConfig.spot"],
  ],
  values: {
    networkingMode: ["VPC_NATIVE", "ROUTES"],
    datapathProvider: ["DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"],
    "releaseChannel.channel": ["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"],
    "maintenancePolicy.dailyMaintenanceWindow.startTime": {
      form: /^([01]\d|2[0-3]):[0-5]\d$/,
      says: 'a time such as "02:00"',
    },
    "databaseEncryption.state": ["ENCRYPTED", "DECRYPTED"],
    "anonymousAuthenticationConfig.mode": ["ENABLED", "LIMITED"],
    "nodePoolDefaults.nodeConfigDefaults.insecureKubeletReadonlyPortEnabled": ["TRUE", "FALSE"],
  },
  refersTo: { network: { to: [NETWORK] }, subnetwork: { to: [SUBNETWORK] } },
  protectedBy: { deletionProtection: true },
  complaints: clusterComplaints,
  id: (thing) => `projects/${projectOf(thing)}/locations/${locationOf(thing)}/clusters/${thing.name}`,
  outputs: clusterOutputs,
  applied: async ({ cloud }, before) => {
    if (!before) await cloud.cluster?.install(gkeObjects());
  },
  deleted: (_thing, cloud) => emptyCluster(cloud),
};

function clusterComplaints(thing: Thing): string[] {
  const { inputs, cloud } = thing;
  const project = projectOf(thing);
  const ranges = (cloud.store.named(SUBNETWORK, text(inputs, "subnetwork"))?.inputs.secondaryIpRanges ??
    []) as Properties[];
  const names = ranges.map((range) => text(range, "rangeName"));
  const policy = block(inputs, "ipAllocationPolicy");
  const missing = [
    text(policy, "clusterSecondaryRangeName"),
    text(policy, "servicesSecondaryRangeName"),
  ].filter((name) => name !== "" && !names.includes(name));
  const pool = text(block(inputs, "workloadIdentityConfig"), "workloadPool");
  const keyName = text(block(inputs, "databaseEncryption"), "keyName");
  const agent = `serviceAccount:service-${numberOf(project)}@container-engine-robot.iam.gserviceaccount.com`;
  const mayEncrypt = cloud.store
    .all()
    .some(
      (other) =>
        other.token === CRYPTO_KEY_MEMBER &&
        other.inputs.cryptoKeyId === keyName &&
        other.inputs.member === agent,
    );
  return [
    ...missing.map((name) => `the subnetwork has no secondary range "${name}"`),
    ...(pool === "" || pool === `${project}.svc.id.goog`
      ? []
      : [`"${pool}" is not the project's workload pool`]),
    ...(keyName === "" || mayEncrypt ? [] : [`${agent} may not use the key ${keyName}`]),
  ];
}

function clusterOutputs(thing: Thing): Properties {
  const { id, cloud, inputs } = thing;
  const access = cloud.cluster?.access;
  const location = locationOf(thing);
  return {
    project: projectOf(thing),
    location,
    selfLink: `https://container.googleapis.com/v1/${id}`,
    endpoint: access?.address,
    masterVersion: "1.34.4-gke.1000",
    nodeLocations: inputs.nodeLocations ?? zonesOf(location),
    masterAuth: { clusterCaCertificate: Buffer.from(access?.authority ?? "").toString("base64") },
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: access?.address } },
  };
}

const nodePool: Rule = {
  source: source("container", "container_node_pool"),
  name: { input: "name", allowed: shortName(40) },
  replacesOn: [
    ...["name", "namePrefix", "project", "location", "cluster", "initialNodeCount", "maxPodsPerNode"],
    ...["placementPolicy", "queuedProvisioning", "networkConfig.podRange", "networkConfig.createPodRange"],
    ...[
      "spot",
      "preemptible",
      "serviceAccount",
      "oauthScopes",
      "metadata",
      "localSsdCount",
      "minCpuPlatform",
    ].map((part) => `nodeConfig.${part}`),
    ...["shieldedInstanceConfig", "guestAccelerators", "gvnic", "reservationAffinity", "nodeGroup"].map(
      (part) => `nodeConfig.${part}`,
    ),
  ],
  values: {
    "autoscaling.locationPolicy": ["BALANCED", "ANY"],
    "upgradeSettings.strategy": ["SURGE", "BLUE_GREEN", "SHORT_LIVED"],
    "nodeConfig.imageType": ["COS_CONTAINERD", "UBUNTU_CONTAINERD"],
    "nodeConfig.diskType": ["pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced"],
    "nodeConfig.workloadMetadataConfig.mode": ["GKE_METADATA", "GCE_METADATA"],
  },
  refersTo: { cluster: { to: [CLUSTER] }, "nodeConfig.serviceAccount": { to: [ACCOUNT], holds: false } },
  complaints: ({ inputs }) => {
    const { minNodeCount = 0, maxNodeCount = 0 } = block(inputs, "autoscaling");
    return Number(minNodeCount) > Number(maxNodeCount) ? ["minNodeCount is more than maxNodeCount"] : [];
  },
  takes: (thing) => {
    const { region, machineType, zones } = poolOf(thing);
    return [cpusOfNodes(region, machineType, zones.length)];
  },
  id: (thing) => {
    const parent = thing.cloud.store.named(CLUSTER, text(thing.inputs, "cluster"));
    const path = `projects/${projectOf(thing)}/locations/${locationOf(thing)}/clusters/${text(thing.inputs, "cluster")}`;
    return `${parent?.id ?? path}/nodePools/${thing.name}`;
  },
  outputs: (thing) => ({
    project: projectOf(thing),
    location: locationOf(thing),
    nodeLocations: thing.inputs.nodeLocations ?? zonesOf(locationOf(thing)),
    version: "1.34.4-gke.1000",
    nodeCount: countOf(thing.inputs),
  }),
  applied: async (thing) => {
    await thing.cloud.cluster?.nodes.ensure(poolOf(thing));
  },
  deleted: async ({ inputs }, { cluster: kubernetes }) => {
    await kubernetes?.nodes.remove(`gke-${text(inputs, "cluster")}-${text(inputs, "name")}`);
  },
};

/** Nodes of a zone: GKE's autoscaler keeps to its bounds at once, what it does beyond is not simulated. */
function countOf({ initialNodeCount, nodeCount, autoscaling }: Properties): number {
  const wanted = Number(nodeCount ?? initialNodeCount ?? 0);
  if (autoscaling === undefined) return wanted;
  const { minNodeCount = 0, maxNodeCount = wanted } = autoscaling as Properties;
  return Math.min(Math.max(wanted, Number(minNodeCount)), Number(maxNodeCount));
}

function poolOf(thing: Thing): NodePool {
  const { inputs } = thing;
  const location = locationOf(thing);
  const config = block(inputs, "nodeConfig");
  const machineType = text(config, "machineType") || "e2-medium";
  const zones = (inputs.nodeLocations ?? zonesOf(location)) as string[];
  const taints = (config.taints ?? []) as Properties[];
  return {
    name: `gke-${text(inputs, "cluster")}-${thing.name}`,
    zones: zones.flatMap((zone) => Array.from({ length: countOf(inputs) }, () => zone)),
    region: isZone(location) ? location.slice(0, -2) : location,
    machineType,
    allocatable: gkeAllocatable(machineType, Number(config.diskSizeGb ?? 100)),
    labels: {
      "cloud.google.com/gke-nodepool": thing.name,
      ...(config.spot === true && { "cloud.google.com/gke-spot": "true" }),
      ...(config.labels as Record<string, string> | undefined),
    },
    taints: taints.map(({ key, value, effect }) => ({
      key: String(key),
      value: String(value),
      effect:
        { NO_SCHEDULE: "NoSchedule", PREFER_NO_SCHEDULE: "PreferNoSchedule" }[String(effect)] ?? "NoExecute",
    })),
  };
}

export const clusterRules: Rules = {
  [CLUSTER]: withApi("container", cluster),
  [NODE_POOL]: withApi("container", nodePool),
};
