import { Addon, type AddonArgs } from "@pulumi/aws/eks/addon.js";
// Registers the class of the cluster that @pulumi/eks answers with.
import "@pulumi/aws/eks/index.js";
import * as eks from "@pulumi/eks/cluster.js";
import * as pulumi from "@pulumi/pulumi";
import { type ClusterUsers, accessEntriesFor } from "./access-entries.js";
import type { Account } from "./account.js";
import { createEksIdentities } from "./eks-identities.js";
import { EncryptionKey } from "./encryption-key.js";
import { kubeconfigFor } from "./kubeconfig.js";
import { createLogGroup } from "./log-group.js";
import type { NodeCountsArgs } from "./node-counts.js";
import { NodeGroup } from "./node-group.js";
import type { Vpc } from "./vpc.js";
import { dnsAddressOf, serviceRangeFor } from "./vpc-subnets.js";

export interface EksClusterArgs
  extends NodeCountsArgs, Pick<ClusterUsers, "deployRoleArn" | "previewRoleArn" | "driftRoleArn"> {
  account: Account;
  vpc: Vpc;

  /** Encrypts the control plane's log. */
  logsKey: EncryptionKey;

  /** Whether the cluster refuses to be deleted. */
  protection: boolean;

  /**
   * Of Kubernetes. AWS supports 1.35 until 2027-03-27 and charges six times as much from then on.
   *
   * @default "1.35"
   */
  version?: string;

  /** @default "m5.large" */
  instanceType?: string;

  /**
   * Networks that may reach the control plane, besides the VPC.
   *
   * @default none
   */
  reachableFrom?: readonly string[];

  /**
   * ARNs of those who may do everything in the cluster, besides who created it: EKS gives that one an entry itself.
   *
   * @default nobody
   */
  admins?: readonly string[];

  /**
   * Role to sign in to the cluster as; it needs an entry of its own among the admins.
   *
   * @default whoever is signed in to AWS
   */
  roleArn?: string;
}

const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/**
 * An EKS cluster in Auto Mode, which makes load balancers, volumes and whatever nodes are missing, with a node group
 * besides. Who may enter is said by access entries alone.
 */
export class EksCluster extends pulumi.ComponentResource {
  /** A secret. */
  readonly kubeconfig: pulumi.Output<string>;

  readonly clusterName: pulumi.Output<string>;

  /** Address of the cluster's DNS, which on Auto Mode's nodes is no pod's. */
  readonly dnsAddress: string;

  constructor(name: string, args: EksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:EksCluster", name, {}, opts);

    const { account, vpc, logsKey, protection, version = "1.35", reachableFrom, admins = [] } = args;
    const parent = this;
    const awsProvider = this.getProvider("aws:eks/cluster:Cluster");
    const serviceRange = serviceRangeFor(vpc.range);

    const identities = createEksIdentities(name, account, this);
    const secretsKey = createSecretsKey();
    const logGroup = createControlPlaneLog();
    const cluster = createCluster();
    const { name: clusterName, endpoint, certificateAuthority } = cluster.eksCluster;
    const forNodes = [createPodIdentityAgent(), createKubeProxy(), createNetworkPlugin()];
    const nodeGroup = createNodeGroup();
    createDns();
    createMetricsServer();

    this.kubeconfig = createKubeconfig();
    this.clusterName = clusterName;
    this.dnsAddress = dnsAddressOf(serviceRange);
    this.registerOutputs({ clusterName, kubeconfig: this.kubeconfig });

    function createSecretsKey() {
      const user = { Sid: "Cluster", Principal: { AWS: identities.cluster.arn } };
      const grants = { Bool: { "kms:GrantIsForAWSResource": "true" } };
      const users = [
        { ...user, Action: ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey", "kms:ListGrants"] },
        { ...user, Sid: "ClusterGrants", Action: "kms:CreateGrant", Condition: grants },
      ];
      return new EncryptionKey(
        `${name}-secrets`,
        { account, purpose: "secrets", users, protection },
        { parent },
      );
    }

    function createControlPlaneLog() {
      // EKS takes the log group of this name, and makes one itself, that never ends, if there is none.
      const logGroupName = `/aws/eks/${account.prefix}/cluster`;
      return createLogGroup(name, { logGroupName, key: logsKey }, { parent });
    }

    function createCluster() {
      const nodePools = ["general-purpose", "system"];
      return new eks.Cluster(
        name,
        {
          name: account.prefix,
          version,
          upgradePolicy: { supportType: "STANDARD" },
          deletionProtection: protection,
          authenticationMode: "API",
          accessEntries: accessEntriesFor({ ...args, admins }),
          vpcId: vpc.vpcId,
          // Load balancers find the public ones by their tags; a node that got into one could reach nothing.
          privateSubnetIds: [...vpc.privateSubnetIds],
          kubernetesServiceIpAddressRange: serviceRange,
          endpointPrivateAccess: true,
          endpointPublicAccess: reachableFrom !== undefined,
          publicAccessCidrs: reachableFrom && [...reachableFrom],
          encryptionConfigKeyArn: secretsKey.arn,
          enabledClusterLogTypes: LOG_TYPES,
          serviceRole: identities.cluster.role,
          autoMode: {
            enabled: true,
            createNodeRole: false,
            computeConfig: { nodePools, nodeRoleArn: identities.autoNodes.arn },
          },
          skipDefaultNodeGroup: true,
          // Its pods need nodes, which come later.
          corednsAddonOptions: { enabled: false },
        },
        {
          parent,
          // It is built by another process, to which no provider is passed on by itself.
          providers: awsProvider && [awsProvider],
          protect: protection,
          dependsOn: [vpc, identities.cluster, identities.autoNodes, logGroup, secretsKey],
        },
      );
    }

    // Auto Mode's own nodes have all four built in, the node group's do not.
    function createPodIdentityAgent() {
      return createAddOn("eks-pod-identity-agent");
    }

    function createKubeProxy() {
      return createAddOn("kube-proxy");
    }

    function createNetworkPlugin() {
      return createAddOn("vpc-cni", {
        // Also what turns on the controller for Auto Mode's nodes: without it every NetworkPolicy is ignored.
        configurationValues: JSON.stringify({ enableNetworkPolicy: "true" }),
        podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: identities.networking.arn }],
      });
    }

    function createNodeGroup() {
      const group = { ...args, clusterName, version, subnetIds: vpc.privateSubnetIds };
      const after = [cluster, vpc, identities.networking, ...forNodes];
      return new NodeGroup(`${name}-nodes`, { ...group, identity: identities.nodes, after }, { parent });
    }

    function createDns() {
      return createAddOn("coredns", {}, [nodeGroup]);
    }

    // What autoscalers ask for how busy pods are: EKS has none of its own, in Auto Mode neither.
    function createMetricsServer() {
      return createAddOn("metrics-server", {}, [nodeGroup]);
    }

    function createAddOn(addonName: string, more: Partial<AddonArgs> = {}, after: pulumi.Resource[] = []) {
      return new Addon(
        `${name}-${addonName.replace(/^eks-/, "")}`,
        {
          clusterName,
          addonName,
          // No version: EKS installs the one that it recommends, and no preview proposes another one by itself.
          resolveConflictsOnCreate: "OVERWRITE",
          resolveConflictsOnUpdate: "OVERWRITE",
          ...more,
        },
        { parent, dependsOn: [cluster, ...after] },
      );
    }

    function createKubeconfig() {
      const values = pulumi.all([clusterName, endpoint, certificateAuthority.data]);
      const text = values.apply(([ofCluster, url, authority]) =>
        kubeconfigFor({
          clusterName: ofCluster,
          region: account.region,
          endpoint: url,
          certificateAuthority: authority,
          roleArn: args.roleArn,
        }),
      );
      return pulumi.secret(text);
    }
  }
}
