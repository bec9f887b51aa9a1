import { eksAllocatable } from "../../cluster/machine-types.js";
import type { NodePool } from "../../cluster/nodes.js";
import type { Taken } from "../quotas.js";
import { block, hex, text, type Cloud, type Rules, type Thing } from "../rule.js";
import type { Existing } from "../store.js";
import { ADD_ON, CLUSTER, clusterNameOf, ofCluster } from "./cluster-names.js";
import { ROLE } from "./identity.js";
import { arnOf, common, firmly, loosely, regionOf, source } from "./naming.js";
import { LAUNCH_TEMPLATE, SUBNET } from "./network.js";
import { cpusOfNodes } from "./quotas.js";

export const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";

/** https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html: nodes that cannot join fail their group. */
function nodeGroupComplaints(thing: Thing): string[] {
  const { inputs, cloud } = thing;
  const cluster = cloud.store.named(CLUSTER, clusterNameOf(thing));
  const template = cloud.store.named(LAUNCH_TEMPLATE, text(block(inputs, "launchTemplate"), "id"));
  const version = Number(block(inputs, "launchTemplate").version);
  const { minSize, maxSize, desiredSize } = block(inputs, "scalingConfig") as Record<string, number>;
  const bare = cluster?.inputs.bootstrapSelfManagedAddons === false;
  const networked = cloud.store.named(ADD_ON, `${clusterNameOf(thing)}:vpc-cni`) !== undefined;
  const sizes = [minSize, desiredSize, maxSize].map(Number);
  return [
    ...(bare && !networked
      ? ["NodeCreationFailure: without vpc-cni instances fail to join the cluster"]
      : []),
    ...(template && version > Number(template.outputs.latestVersion)
      ? [`the template has no version ${version}`]
      : []),
    ...(sizes.some((size, index) => size < (sizes[index - 1] ?? 0))
      ? ["expected minSize, desiredSize, maxSize in order"]
      : []),
  ];
}

function poolOf(thing: Thing): NodePool {
  const { inputs, cloud, name } = thing;
  const template = cloud.store.named(LAUNCH_TEMPLATE, text(block(inputs, "launchTemplate"), "id"));
  const [ownType] = (inputs.instanceTypes ?? []) as string[];
  const instanceType = ownType ?? (text(template?.inputs ?? {}, "instanceType") || "t3.medium");
  const subnets = (inputs.subnetIds as string[]).map((id) => cloud.store.named(SUBNET, id)?.inputs ?? {});
  const zones = subnets.map((subnet) => text(subnet, "availabilityZone"));
  const count = Number(block(inputs, "scalingConfig").desiredSize);
  return {
    name: poolNameOf(clusterNameOf(thing), name),
    zones: Array.from({ length: count }, (_, index) => zones[index % zones.length] ?? ""),
    region: regionOf(thing),
    machineType: instanceType,
    allocatable: eksAllocatable(instanceType, 50),
    labels: { "eks.amazonaws.com/nodegroup": name, ...(inputs.labels as Record<string, string> | undefined) },
    taints: [],
  };
}

/** Spot instances have quotas of their own, which are not simulated. */
function nodeGroupTakes(thing: Thing): Taken[] {
  const { region, machineType, zones } = poolOf(thing);
  return thing.inputs.capacityType === "SPOT" ? [] : [cpusOfNodes(region, machineType, zones.length)];
}

const poolNameOf = (cluster: string, group: string) => `${cluster}-${group}`.toLowerCase();

async function removeNodes({ inputs }: Existing, { cluster }: Cloud): Promise<void> {
  await cluster?.nodes.remove(poolNameOf(text(inputs, "clusterName"), text(inputs, "nodeGroupName")));
}

export const nodeGroupRules: Rules = {
  [NODE_GROUP]: {
    source: source("eks", "node_group"),
    name: {
      input: "nodeGroupName",
      allowed: { form: /^[0-9A-Za-z][\w-]{0,62}$/, says: "63 letters, digits, _ and - at most" },
    },
    replacesOn: [
      ...["nodeGroupName", "nodeGroupNamePrefix", "clusterName", "amiType", "capacityType", "diskSize"],
      ...[
        "instanceTypes",
        "nodeRoleArn",
        "remoteAccess",
        "subnetIds",
        "launchTemplate.id",
        "launchTemplate.name",
      ],
    ],
    values: {
      amiType: { form: /^(AL2023|BOTTLEROCKET|CUSTOM|WINDOWS)[\w]*$/, says: "a type of image that EKS has" },
      capacityType: ["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"],
    },
    refersTo: {
      ...ofCluster,
      nodeRoleArn: loosely(ROLE),
      subnetIds: firmly(SUBNET),
      "launchTemplate.id": firmly(LAUNCH_TEMPLATE),
    },
    complaints: nodeGroupComplaints,
    takes: nodeGroupTakes,
    id: ({ inputs, name }) => `${text(inputs, "clusterName")}:${name}`,
    outputs: (thing) => ({
      ...common(thing),
      arn: arnOf(thing, "eks", `nodegroup/${clusterNameOf(thing)}/${thing.name}/${hex(thing.id, 32)}`),
      status: "ACTIVE",
      resources: [{ autoscalingGroups: [{ name: `eks-${thing.name}` }] }],
    }),
    applied: async (thing) => {
      await thing.cloud.cluster?.nodes.ensure(poolOf(thing));
    },
    deleted: removeNodes,
  },
};
