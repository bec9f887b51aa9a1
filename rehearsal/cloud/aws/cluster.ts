import type { Properties } from "../../../engine/random-provider/wire.js";
import { emptyCluster } from "../clusters.js";
import { block, hex, text, type Rules, type Thing } from "../rule.js";
import { ADD_ON, CLUSTER, clusterNameOf, ofCluster } from "./cluster-names.js";
import { eksObjects } from "./cluster-objects.js";
import { ROLE } from "./identity.js";
import { KEY } from "./keys.js";
import { arnOf, common, firmly, loosely, regionOf, source } from "./naming.js";
import { SUBNET } from "./network.js";
import { NODE_GROUP } from "./node-group.js";
import { oneCluster } from "./quotas.js";

/** https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html and .../auto-enable-existing.html */
function clusterComplaints({ inputs, cloud }: Thing): string[] {
  const network = block(inputs, "vpcConfig");
  const zones = ((network.subnetIds ?? []) as string[]).map((id) =>
    text(cloud.store.named(SUBNET, id)?.inputs ?? {}, "availabilityZone"),
  );
  const auto = [
    block(inputs, "computeConfig").enabled,
    block(block(inputs, "storageConfig"), "blockStorage").enabled,
    block(block(inputs, "kubernetesNetworkConfig"), "elasticLoadBalancing").enabled,
  ];
  const isPublic = network.endpointPublicAccess !== false;
  return [
    ...(new Set(zones).size < 2 ? ["subnets must be in at least two different availability zones"] : []),
    ...(new Set(auto.map(Boolean)).size > 1
      ? ["compute, block storage and load balancing are on or off together"]
      : []),
    ...(!isPublic && network.endpointPrivateAccess !== true
      ? ["private and public access cannot both be off"]
      : []),
    ...(!isPublic && network.publicAccessCidrs !== undefined
      ? ["publicAccessCidrs without public access"]
      : []),
  ];
}

function clusterOutputs(thing: Thing): Properties {
  const { name, cloud, inputs } = thing;
  const access = cloud.cluster?.access;
  const [subnet = ""] = (block(inputs, "vpcConfig").subnetIds ?? []) as string[];
  const vpcId = text(cloud.store.named(SUBNET, subnet)?.inputs ?? {}, "vpcId");
  return {
    ...common(thing),
    arn: arnOf(thing, "eks", `cluster/${name}`),
    endpoint: access && `https://${access.address}`,
    certificateAuthority: { data: Buffer.from(access?.authority ?? "").toString("base64") },
    identities: [
      { oidcs: [{ issuer: `https://oidc.eks.${regionOf(thing)}.amazonaws.com/id/${hex(name, 32)}` }] },
    ],
    status: "ACTIVE",
    platformVersion: "eks.1",
    vpcConfig: { clusterSecurityGroupId: `sg-0${hex(`${name} cluster`, 16)}`, vpcId },
  };
}

function addOnComplaints(thing: Thing): string[] {
  const groups = thing.cloud.store
    .all()
    .filter(({ token, inputs }) => token === NODE_GROUP && inputs.clusterName === thing.inputs.clusterName);
  const hasPods = ["coredns", "metrics-server"].includes(text(thing.inputs, "addonName"));
  return hasPods && groups.length === 0 ? ["DEGRADED: no nodes for its pods"] : [];
}

export const clusterRules: Rules = {
  [CLUSTER]: {
    source: source("eks", "cluster"),
    name: {
      input: "name",
      allowed: { form: /^[0-9A-Za-z][\w-]{0,99}$/, says: "100 letters, digits, _ and - at most" },
    },
    replacesOn: [
      ...["name", "roleArn", "bootstrapSelfManagedAddons", "encryptionConfig", "outpostConfig"],
      ...["accessConfig.bootstrapClusterCreatorAdminPermissions", "kubernetesNetworkConfig.serviceIpv4Cidr"],
      ...["kubernetesNetworkConfig.ipFamily"],
    ],
    values: {
      version: { form: /^1\.\d\d$/, says: 'a version such as "1.34"' },
      "accessConfig.authenticationMode": ["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"],
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      "upgradePolicy.supportType": ["STANDARD", "EXTENDED"],
      "computeConfig.nodePools": ["general-purpose", "system"],
    },
    refersTo: {
      roleArn: loosely(ROLE),
      "vpcConfig.subnetIds": firmly(SUBNET),
      "encryptionConfig.provider.keyArn": loosely(KEY),
      "computeConfig.nodeRoleArn": loosely(ROLE),
    },
    protectedBy: { deletionProtection: false },
    complaints: clusterComplaints,
    takes: (thing) => [oneCluster(regionOf(thing))],
    id: ({ name }) => name,
    outputs: clusterOutputs,
    applied: async ({ cloud }, before) => {
      if (!before) await cloud.cluster?.install(eksObjects());
    },
    deleted: (_thing, cloud) => emptyCluster(cloud),
  },

  [ADD_ON]: {
    source: source("eks", "addon"),
    replacesOn: ["addonName", "clusterName"],
    values: {
      addonName: [
        ...["vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "metrics-server"],
        ...["aws-ebs-csi-driver", "snapshot-controller"],
      ],
      resolveConflictsOnCreate: ["NONE", "OVERWRITE"],
      resolveConflictsOnUpdate: ["NONE", "OVERWRITE", "PRESERVE"],
    },
    refersTo: {
      ...ofCluster,
      "podIdentityAssociations.roleArn": loosely(ROLE),
      serviceAccountRoleArn: loosely(ROLE),
    },
    complaints: addOnComplaints,
    id: ({ inputs }) => `${text(inputs, "clusterName")}:${text(inputs, "addonName")}`,
    outputs: (thing) => ({
      ...common(thing),
      arn: arnOf(thing, "eks", `addon/${clusterNameOf(thing)}/${text(thing.inputs, "addonName")}`),
      addonVersion: text(thing.inputs, "addonVersion") || "v1.0.0-eksbuild.1",
    }),
  },
};
