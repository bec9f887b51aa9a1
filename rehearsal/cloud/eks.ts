import * as aws from "@pulumi/aws/eks/index.js";
import { getPartitionOutput } from "@pulumi/aws/getPartition.js";
// Registers the class of the role that a program hands over.
import "@pulumi/aws/iam/index.js";
import type { ClusterArgs } from "@pulumi/eks/cluster.js";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult, Provider } from "@pulumi/pulumi/provider/provider.js";
import { sdkVersion } from "./declarations.js";

/** Inputs that this component understands; the real one has more, for what Auto Mode has no use for. */
const UNDERSTOOD: readonly (keyof ClusterArgs)[] = [
  ...([
    "name",
    "version",
    "upgradePolicy",
    "deletionProtection",
    "authenticationMode",
    "accessEntries",
  ] as const),
  ...([
    "vpcId",
    "subnetIds",
    "privateSubnetIds",
    "publicSubnetIds",
    "kubernetesServiceIpAddressRange",
  ] as const),
  ...([
    "endpointPrivateAccess",
    "endpointPublicAccess",
    "publicAccessCidrs",
    "encryptionConfigKeyArn",
  ] as const),
  ...([
    "enabledClusterLogTypes",
    "serviceRole",
    "autoMode",
    "skipDefaultNodeGroup",
    "corednsAddonOptions",
  ] as const),
  ...(["tags", "clusterTags"] as const),
];

/**
 * Stands in for the component of the `eks` plugin: the resources that it makes of a cluster in Auto Mode whose users are
 * access entries. https://github.com/pulumi/pulumi-eks/blob/master/nodejs/eks/cluster/cluster.ts
 */
class Cluster extends pulumi.ComponentResource {
  readonly state: Record<string, pulumi.Input<unknown>>;

  constructor(name: string, args: ClusterArgs, opts: pulumi.ComponentResourceOptions) {
    super("eks:index:Cluster", name, {}, opts);

    refuseOthers(args);
    const parent = this;
    getPartitionOutput({}, { parent });

    const eksCluster = createCluster();
    const kubeconfig = createKubeconfig();
    createProvider();
    for (const [entry, entryArgs] of Object.entries((args.accessEntries ?? {}) as AccessEntries)) {
      createAccessEntry(entry, entryArgs);
    }

    this.state = {
      eksCluster,
      kubeconfig,
      kubeconfigJson: kubeconfig.apply((text) => JSON.stringify(text)),
      clusterSecurityGroupId: eksCluster.vpcConfig.clusterSecurityGroupId,
      oidcIssuer: eksCluster.identities.apply(([identity]) => identity?.oidcs[0]?.issuer ?? ""),
    };
    this.registerOutputs(this.state);

    function createCluster() {
      return new aws.Cluster(`${name}-eksCluster`, clusterArgs(name, args), {
        parent,
        ignoreChanges: ["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"],
      });
    }

    function createKubeconfig() {
      return pulumi
        .all([eksCluster.name, eksCluster.endpoint, eksCluster.certificateAuthority])
        .apply(([cluster, server, authority]) => ({
          apiVersion: "v1",
          kind: "Config",
          clusters: [{ name: cluster, cluster: { server, "certificate-authority-data": authority.data } }],
          users: [{ name: cluster, user: { exec: execOf(cluster) } }],
          contexts: [{ name: cluster, context: { cluster, user: cluster } }],
          "current-context": cluster,
        }));
    }

    function createProvider() {
      const text = kubeconfig.apply((value) => JSON.stringify(value));
      return new k8s.Provider(`${name}-eks-k8s`, { kubeconfig: text }, { parent });
    }

    function createAccessEntry(entry: string, { principalArn, accessPolicies = {}, ...rest }: AccessEntry) {
      const common = { clusterName: eksCluster.name, principalArn };
      const after = { parent, dependsOn: [eksCluster] };
      const made = new aws.AccessEntry(`${name}-${entry}`, { ...common, ...rest }, after);
      for (const [policy, { policyArn, accessScope }] of Object.entries(accessPolicies)) {
        new aws.AccessPolicyAssociation(
          `${name}-${entry}-${policy}`,
          { ...common, policyArn, accessScope },
          { parent, dependsOn: [made] },
        );
      }
    }
  }
}

interface AccessEntry {
  principalArn: pulumi.Input<string>;
  accessPolicies?: Record<
    string,
    { policyArn: string; accessScope: { type: string; namespaces?: string[] } }
  >;
}
type AccessEntries = Record<string, AccessEntry>;

function clusterArgs(name: string, args: ClusterArgs): aws.ClusterArgs {
  const { autoMode, publicSubnetIds = [], privateSubnetIds = [], encryptionConfigKeyArn } = args;
  const both = pulumi.all([publicSubnetIds, privateSubnetIds]).apply((lists) => lists.flat());
  return {
    name: args.name,
    roleArn: pulumi.output(args.serviceRole).apply((role) => pulumi.output(role?.arn ?? "")),
    version: args.version,
    upgradePolicy: args.upgradePolicy,
    deletionProtection: args.deletionProtection,
    enabledClusterLogTypes: args.enabledClusterLogTypes,
    computeConfig: pulumi
      .output(autoMode)
      .apply((mode) => ({ enabled: true, nodePools: ["general-purpose", "system"], ...mode?.computeConfig })),
    storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: {
      serviceIpv4Cidr: args.kubernetesServiceIpAddressRange,
      ipFamily: "ipv4",
      elasticLoadBalancing: { enabled: true },
    },
    bootstrapSelfManagedAddons: false,
    vpcConfig: {
      subnetIds: args.subnetIds ?? both,
      endpointPrivateAccess: args.endpointPrivateAccess,
      endpointPublicAccess: args.endpointPublicAccess,
      publicAccessCidrs: args.publicAccessCidrs,
    },
    ...(encryptionConfigKeyArn !== undefined && {
      encryptionConfig: { provider: { keyArn: encryptionConfigKeyArn }, resources: ["secrets"] },
    }),
    accessConfig: {
      authenticationMode: args.authenticationMode,
      bootstrapClusterCreatorAdminPermissions: true,
    },
    tags: pulumi
      .all([args.tags, args.clusterTags])
      .apply(([tags, clusterTags]) => ({ Name: `${name}-eksCluster`, ...clusterTags, ...tags })),
  };
}

const execOf = (cluster: string) => ({
  apiVersion: "client.authentication.k8s.io/v1beta1",
  command: "aws",
  args: ["eks", "get-token", "--cluster-name", cluster, "--output", "json"],
  env: [{ name: "KUBERNETES_EXEC_INFO", value: '{"apiVersion": "client.authentication.k8s.io/v1beta1"}' }],
});

function refuseOthers(args: ClusterArgs): void {
  const others = (Object.keys(args) as (keyof ClusterArgs)[]).filter(
    (key) => args[key] !== undefined && !UNDERSTOOD.includes(key),
  );
  if (others.length > 0) {
    throw new Error(
      `inputs ${others.join(", ")} of eks:index:Cluster are not simulated: add them to rehearsal/cloud/eks.ts`,
    );
  }
}

export const eksProvider: Provider = {
  version: sdkVersion("eks"),

  construct(name, type, inputs, options): Promise<ConstructResult> {
    if (type !== "eks:index:Cluster") {
      throw new Error(`${type} is not simulated: add it to rehearsal/cloud/eks.ts`);
    }
    const cluster = new Cluster(name, inputs, options);
    return Promise.resolve({ urn: cluster.urn, state: cluster.state });
  },
};
