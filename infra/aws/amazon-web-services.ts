import { Provider } from "@pulumi/aws/provider.js";
import { getZoneOutput } from "@pulumi/aws/route53/getZone.js";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, Images } from "../platform.js";
import { type Account, accountOf } from "./account.js";
import { AutoscalerIdentity } from "./autoscaler-identity.js";
import { CiIdentity, deployEnvironmentOf } from "./ci-identity.js";
import { Eks } from "./eks.js";
import { EksCluster, type EksClusterArgs } from "./eks-cluster.js";
import { EncryptionKey } from "./encryption-key.js";
import type { HostedZone } from "./entry.js";
import { logsUser } from "./log-group.js";
import { PushIdentity } from "./push-identity.js";
import { Registry } from "./registry.js";
import { gitHubTrust, identityTrust } from "./trust.js";
import { Vpc, type VpcArgs } from "./vpc.js";

export interface AmazonWebServicesArgs {
  /** Of this stack alone: its repositories and GitHub's way in can exist only once in an account. */
  accountId: string;

  region: string;

  /** @default two zones, one NAT gateway, flow logs */
  network?: Pick<VpcArgs, "vpc" | "zones" | "natGateways" | "flowLogs">;

  eks: Pick<
    EksClusterArgs,
    | "version"
    | "instanceType"
    | "minNodes"
    | "maxNodes"
    | "desiredNodes"
    | "reachableFrom"
    | "admins"
    | "roleArn"
  >;

  /**
   * Name of the zone in Route 53 in which hosts get records and certificates.
   *
   * @default none, and no app can have an entry here
   */
  hostedZone?: string;

  /**
   * Whose workflows sign in without a key, such as "acme/platform".
   *
   * @default none do
   */
  gitHubRepository?: string;

  /** Reference of each image. */
  images: Images;

  /**
   * What the apps' hosts end in.
   *
   * @default none, and each app says its host
   */
  domain?: string;

  /** Whether the cluster, the repositories and the keys refuse to be deleted. */
  protection: boolean;
}

/** Roles of the workflows; the repository's environments are "<stack>", "<stack>-preview" and "<stack>-drift". */
export type CiRoles = Pick<CiIdentity, "previewRoleArn" | "driftRoleArn" | "deployRoleArn">;

/** Everything of a stack in Amazon Web Services: a network, a cluster, a registry, and who may do what. */
export class AmazonWebServices extends pulumi.ComponentResource {
  /** For the apps. */
  readonly cluster: Cluster;

  /** For people; a secret. */
  readonly kubeconfig: pulumi.Output<string>;

  /** Where images are pushed: "<host>/slipway/<image>". */
  readonly registryHost: pulumi.Output<string>;

  /** Role in which images are pushed, if anybody may. */
  readonly pushRoleArn?: pulumi.Output<string>;

  /** From where nodes and pods call the outside. */
  readonly egressAddresses: readonly pulumi.Output<string>[];

  readonly ciIdentities?: CiRoles;

  constructor(name: string, args: AmazonWebServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:AmazonWebServices", name, {}, opts);

    const { gitHubRepository, images, domain, protection } = args;
    const account = accountOf(args.accountId, args.region);
    const awsProvider = createProvider(name, account, this);
    const children = { parent: this, providers: [awsProvider] };

    const hostedZone = findZone(args.hostedZone, awsProvider);
    const logsKey = createLogsKey();
    const vpc = createVpc();
    const ci = gitHubRepository === undefined ? undefined : createCiIdentity(gitHubRepository);
    const eksCluster = createEksCluster();
    createAutoscalerIdentity();
    const registry = createRegistry();

    this.cluster = createCluster();
    this.kubeconfig = eksCluster.kubeconfig;
    this.registryHost = pulumi.output(registry.host);
    this.egressAddresses = vpc.egressAddresses;
    this.pushRoleArn = createPushIdentity()?.arn;
    this.ciIdentities = ci && rolesOf(ci);
    this.registerOutputs({ kubeconfig: this.kubeconfig, registryHost: this.registryHost });

    function createLogsKey() {
      const users = [logsUser(account)];
      return new EncryptionKey(`${name}-logs`, { account, purpose: "logs", users, protection }, children);
    }

    function createVpc() {
      return new Vpc(`${name}-vpc`, { ...args.network, account, logsKey }, children);
    }

    function createCiIdentity(repository: string) {
      const { zoneId } = hostedZone ?? {};
      return new CiIdentity(`${name}-ci`, { account, gitHubRepository: repository, zoneId }, children);
    }

    function createEksCluster() {
      return new EksCluster(
        `${name}-eks`,
        { ...args.eks, ...(ci && rolesOf(ci)), account, vpc, logsKey, protection },
        children,
      );
    }

    function createAutoscalerIdentity() {
      const { clusterName } = eksCluster;
      return new AutoscalerIdentity(`${name}-autoscaler`, { account, clusterName }, children);
    }

    function createRegistry() {
      return new Registry(`${name}-registry`, { account, protection }, children);
    }

    function createPushIdentity() {
      const { admins = [] } = args.eks;
      const trust = [
        ...(gitHubRepository === undefined
          ? []
          : [gitHubTrust(account, gitHubRepository, deployEnvironmentOf(account))]),
        ...(admins.length > 0 ? [identityTrust(admins)] : []),
      ];
      if (trust.length === 0) return undefined;
      const after = { ...children, dependsOn: ci && [ci] };
      return new PushIdentity(`${name}-push`, { account, registry, trust }, after);
    }

    function createCluster() {
      // Its name is the cluster's, by which Kubernetes' provider tells clusters apart: it never changes.
      return new Eks("eks", { eksCluster, vpc, awsProvider, images, domain, hostedZone }, children);
    }
  }
}

/** Signed in to another account or region, it fails; a shell's own defaults are never used. */
function createProvider(name: string, account: Account, parent: pulumi.Resource): Provider {
  const { accountId, region, tags } = account;
  return new Provider(name, { region, allowedAccountIds: [accountId], defaultTags: { tags } }, { parent });
}

function rolesOf({ previewRoleArn, driftRoleArn, deployRoleArn }: CiIdentity): CiRoles {
  return { previewRoleArn, driftRoleArn, deployRoleArn };
}

function findZone(zoneName: string | undefined, provider: Provider): HostedZone | undefined {
  if (zoneName === undefined) return undefined;
  return { zoneName, zoneId: getZoneOutput({ name: zoneName, privateZone: false }, { provider }).zoneId };
}
