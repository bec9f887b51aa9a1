import { Provider } from "@pulumi/gcp/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, Images } from "../platform.js";
import { ArtifactRegistry } from "./artifact-registry.js";
import { CiIdentity } from "./ci-identity.js";
import { CloudSql, type CloudSqlSize } from "./cloud-sql.js";
import { Gke } from "./gke.js";
import { GkeCluster, type GkeSize } from "./gke-cluster.js";
import { Network, type NetworkSize } from "./network.js";
import { NodeIdentity } from "./node-identity.js";
import { PrivateServiceAccess } from "./private-service-access.js";
import { ProjectApis } from "./project-apis.js";

export interface GoogleCloudArgs {
  /** Id of a project that exists. */
  project: string;

  /** Where everything that has a place is. */
  region: string;

  /** @default ranges of 10.0.0.0/8 */
  network?: NetworkSize;

  /** @default three nodes in three zones */
  gke?: GkeSize;

  /** @default none */
  cloudSql?: CloudSqlSize;

  /**
   * Key of a service account that may connect to it, as JSON.
   *
   * @default none: the apps' pods connect by identities of their own
   */
  cloudSqlKey?: pulumi.Output<string>;

  /**
   * Name of a managed zone in Cloud DNS that the apps' hosts belong to.
   *
   * @default none: you make the records
   */
  dnsZone?: string;

  /**
   * Repository whose workflows may sign in, such as "acme/platform".
   *
   * @default none
   */
  gitHubRepository?: string;

  /** Reference of each image, in a registry that the nodes may read. */
  images: Images;

  /**
   * What an app's host ends in.
   *
   * @default none: every app says its host
   */
  domain?: string;

  /** Whether cluster, database and key refuse to be deleted, by Pulumi and by Google. */
  protection: boolean;
}

/** What google-github-actions/auth asks for. */
export type CiIdentities = Pick<
  CiIdentity,
  "workloadIdentityProvider" | "previewServiceAccount" | "driftServiceAccount" | "deployServiceAccount"
>;

/** Everything of Google Cloud: APIs, network, cluster, database, registry and identities. */
export class GoogleCloud extends pulumi.ComponentResource {
  readonly cluster: Cluster;
  readonly kubeconfig: pulumi.Output<string>;

  /** What the images' names begin with. */
  readonly registryHost: pulumi.Output<string>;

  /** Each reserved address, by the name of the entry or the load balancer; complete when the apps are there. */
  readonly addresses: Readonly<Record<string, pulumi.Output<string>>>;

  /** From where nodes and pods call the outside. */
  readonly egressAddresses: readonly pulumi.Output<string>[];
  readonly databaseConnectionName?: pulumi.Output<string>;

  /** What the repository's workflows sign in with. */
  readonly ciIdentities?: CiIdentities;

  constructor(name: string, args: GoogleCloudArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:GoogleCloud", name, {}, opts);

    const { region, images, domain, dnsZone, protection, gitHubRepository } = args;
    const parent = this;

    const gcpProvider = createProvider();
    const inProject = { parent, providers: [gcpProvider] };
    const { project, projectNumber, gkeServiceAgent } = createApis();
    const network = createNetwork();
    const nodes = createNodeIdentity();
    const registry = createRegistry();
    const gke = createCluster();
    const cloudSql = args.cloudSql && createCloudSql(args.cloudSql);
    const cluster = createAdapter();

    this.cluster = cluster;
    this.kubeconfig = gke.kubeconfig;
    this.registryHost = registry.host;
    this.addresses = cluster.addresses;
    this.egressAddresses = network.egressAddresses;
    this.databaseConnectionName = cloudSql?.connectionName;
    this.ciIdentities = gitHubRepository === undefined ? undefined : createCiIdentity(gitHubRepository);
    this.registerOutputs({ kubeconfig: this.kubeconfig, registryHost: this.registryHost });

    function createProvider() {
      return new Provider(name, { project: args.project, region }, { parent });
    }

    function createApis() {
      const services = servicesFor(args);
      return new ProjectApis(`${name}-apis`, { project: args.project, services }, inProject);
    }

    function createNetwork() {
      return new Network(`${name}-network`, { ...args.network, project, region }, inProject);
    }

    function createNodeIdentity() {
      return new NodeIdentity(`${name}-nodes`, { project }, inProject);
    }

    function createRegistry() {
      return new ArtifactRegistry(`${name}-registry`, { project, region, reader: nodes.member }, inProject);
    }

    function createCluster() {
      return new GkeCluster(
        `${name}-gke`,
        {
          ...args.gke,
          project,
          region,
          network,
          nodeServiceAccount: nodes.email,
          gkeServiceAgent,
          protection,
        },
        inProject,
      );
    }

    function createCloudSql(size: CloudSqlSize) {
      const access = new PrivateServiceAccess(
        `${name}-services`,
        { project, networkId: network.id },
        inProject,
      );
      return new CloudSql(
        `${name}-mysql`,
        { ...size, project, region, networkId: access.networkId, protection },
        inProject,
      );
    }

    function createAdapter() {
      return new Gke(
        // Its provider identifies the cluster by this name, for ever.
        "gke",
        {
          project,
          projectNumber,
          region,
          kubeconfig: gke.kubeconfig,
          gcpProvider,
          foundations: [gke, registry],
          images,
          cloudSql,
          cloudSqlKey: args.cloudSqlKey,
          protection,
          domain,
          dnsZone,
        },
        inProject,
      );
    }

    function createCiIdentity(repository: string): CiIdentities {
      const { workloadIdentityProvider, previewServiceAccount, driftServiceAccount, deployServiceAccount } =
        new CiIdentity(
          `${name}-ci`,
          { project, gitHubRepository: repository, nodeServiceAccountId: nodes.serviceAccountId },
          inProject,
        );
      return { workloadIdentityProvider, previewServiceAccount, driftServiceAccount, deployServiceAccount };
    }
  }
}

/** APIs that only some stacks need. */
function servicesFor({ gke, cloudSql, dnsZone, gitHubRepository }: GoogleCloudArgs): string[] {
  return [
    ...(gke?.encryptSecrets ? ["cloudkms"] : []),
    ...(cloudSql ? ["servicenetworking", "sqladmin"] : []),
    ...(dnsZone === undefined ? [] : ["dns"]),
    ...(gitHubRepository === undefined ? [] : ["sts"]),
  ];
}
