import { Cluster, type ClusterArgs } from "@pulumi/gcp/container/cluster.js";
import * as pulumi from "@pulumi/pulumi";
import { ClusterKey } from "./cluster-key.js";
import { kubeconfig } from "./kubeconfig.js";
import { cloudLabels } from "./labels.js";
import type { Network } from "./network.js";
import { NodePool, type NodePoolSize } from "./node-pool.js";
import { workloadPoolOf } from "./workload-identity.js";

export interface GkeSize extends NodePoolSize {
  /**
   * Where everything stands: cheaper, and gone when the zone is.
   *
   * @default three zones of the region
   */
  zone?: string;

  /** @default "REGULAR" */
  releaseChannel?: "RAPID" | "REGULAR" | "STABLE";

  /**
   * When Google may upgrade control plane and nodes, in UTC, every day for four hours.
   *
   * @default "02:00"
   */
  maintenanceStart?: string;

  /**
   * Networks that may reach the control plane's address.
   *
   * @default none: it has a DNS endpoint only, on which Google asks everybody who they are
   */
  reachableFrom?: string[];

  /**
   * Whether a key of our own encrypts the cluster's Secrets. Google keeps key rings for ever, without a charge.
   *
   * @default false
   */
  encryptSecrets?: boolean;
}

export interface GkeClusterArgs extends GkeSize {
  /** Known when the APIs are on. */
  project: pulumi.Input<string>;
  region: string;
  network: Network;

  /** Email of who the nodes are. */
  nodeServiceAccount: pulumi.Input<string>;

  /** GKE itself, as a member of IAM policies. */
  gkeServiceAgent: pulumi.Input<string>;

  /** Whether neither Pulumi nor Google deletes the cluster. */
  protection: boolean;
}

/** A private GKE cluster and its nodes. */
export class GkeCluster extends pulumi.ComponentResource {
  /** Signs in by Google's plugin; a secret all the same, because it says where the control plane is. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: GkeClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:GkeCluster", name, {}, opts);

    const { project, region, network, protection, reachableFrom } = args;
    const { zone, releaseChannel = "REGULAR", maintenanceStart = "02:00", encryptSecrets = false } = args;
    const parent = this;
    const location = zone ?? region;

    const key = encryptSecrets ? createKey() : undefined;
    const cluster = createCluster();
    createNodePool();

    this.kubeconfig = createKubeconfig();
    this.registerOutputs({ kubeconfig: this.kubeconfig });

    function createKey() {
      const { gkeServiceAgent } = args;
      return new ClusterKey(`${name}-key`, { project, region, gkeServiceAgent, protection }, { parent });
    }

    function createCluster() {
      return new Cluster(
        name,
        {
          project,
          location,
          network: network.id,
          subnetwork: network.subnetworkId,
          ipAllocationPolicy: {
            clusterSecondaryRangeName: network.podsRange,
            servicesSecondaryRangeName: network.servicesRange,
          },
          // A pool inside the cluster could not be changed without it, so the first one goes as soon as it is there.
          initialNodeCount: 1,
          removeDefaultNodePool: true,
          // A channel, and no version: a version that is looked up is another one tomorrow.
          releaseChannel: { channel: releaseChannel },
          maintenancePolicy: { dailyMaintenanceWindow: { startTime: maintenanceStart } },
          workloadIdentityConfig: { workloadPool: workloadPoolOf(project) },
          ...(key && { databaseEncryption: { state: "ENCRYPTED", keyName: key.keyName } }),
          enableIntranodeVisibility: network.flowLogs,
          resourceLabels: cloudLabels(),
          deletionProtection: protection,
          ...controlPlaneAccess(reachableFrom),
          ...HARDENING,
        },
        {
          parent,
          protect: protection,
          customTimeouts: { create: "60m", update: "90m", delete: "60m" },
        },
      );
    }

    function createNodePool() {
      const { machineType, spot, minNodes, maxNodes, nodeServiceAccount: serviceAccount } = args;
      const size = { machineType, spot, minNodes, maxNodes };
      return new NodePool(
        `${name}-nodes`,
        { ...size, project, location, clusterName: cluster.name, serviceAccount },
        { parent },
      );
    }

    function createKubeconfig() {
      const { dnsEndpointConfig } = cluster.controlPlaneEndpointsConfig;
      const endpoint = reachableFrom ? cluster.endpoint : dnsEndpointConfig.endpoint;
      const certificateAuthority = reachableFrom && cluster.masterAuth.clusterCaCertificate;
      const text = pulumi
        .all([project, cluster.name, endpoint, certificateAuthority])
        .apply(([projectId, clusterName, server, authority]) =>
          kubeconfig({
            project: projectId,
            location,
            name: clusterName,
            endpoint: server,
            certificateAuthority: authority,
          }),
        );
      return pulumi.secret(text);
    }
  }
}

/** What every cluster of ours has, whatever it costs. */
const HARDENING: Partial<ClusterArgs> = {
  networkingMode: "VPC_NATIVE",
  // Cilium in the kernel: it is what enforces NetworkPolicies, so the older add-on for that stays off.
  datapathProvider: "ADVANCED_DATAPATH",
  networkPolicy: { enabled: false },
  // Each node keeps the names that its pods ask for. To turn it on or off later makes GKE recreate all nodes.
  addonsConfig: { dnsCacheConfig: { enabled: true } },
  enableShieldedNodes: true,
  nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
  // No way in but Google's own sign-in, and no right for everybody.
  enableLegacyAbac: false,
  masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
  anonymousAuthenticationConfig: { mode: "LIMITED" },
  rbacBindingConfig: {
    enableInsecureBindingSystemAuthenticated: false,
    enableInsecureBindingSystemUnauthenticated: false,
  },
  // In Google's own order, which is the one that it answers in.
  monitoringConfig: {
    enableComponents: [
      ...["SYSTEM_COMPONENTS", "STORAGE", "HPA", "POD", "DAEMONSET", "DEPLOYMENT", "STATEFULSET"],
      ...["CADVISOR", "KUBELET"],
    ],
    managedPrometheus: { enabled: true },
  },
};

/** Who reaches the control plane: everybody whom Google knows and lets in by its name, or these networks alone. */
export function controlPlaneAccess(reachableFrom?: readonly string[]) {
  const byName = reachableFrom === undefined;
  return {
    // Without an address Google calls the endpoint private, and adds the empty block of networks: what it answers has
    // to be said here, or every preview would show a change.
    privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: byName },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: { allowExternalTraffic: byName },
      ipEndpointsConfig: { enabled: !byName },
    },
    masterAuthorizedNetworksConfig: byName
      ? {}
      : {
          cidrBlocks: reachableFrom.map((cidrBlock) => ({ cidrBlock })),
          gcpPublicCidrsAccessEnabled: false,
          privateEndpointEnforcementEnabled: true,
        },
  };
}
