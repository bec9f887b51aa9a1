import type { Provider as GcpProvider } from "@pulumi/gcp/provider.js";
import { SSLPolicy } from "@pulumi/gcp/compute/sslpolicy.js";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { outsideMongoDb } from "../k8s/outside-mongo-db.js";
import { createClusterProvider, imageFrom } from "../k8s/provider.js";
import { createServiceAccount } from "../k8s/service-account.js";
import type {
  BackendArgs,
  ChildOptions,
  Cluster,
  CreateIdentityArgs,
  EntryArgs,
  Identity,
  IdentityArgs,
  ImageName,
  Images,
  LoadBalancerArgs,
  MetricsArgs,
  MongoDb,
  MongoDbArgs,
  MySqlArgs,
} from "../platform.js";
import { GceBackend } from "./backend.js";
import type { CloudSql } from "./cloud-sql.js";
import { AUTH_PROXY_RESOURCES } from "./auth-proxy.js";
import { GceEntry, hostOf } from "./entry.js";
import { GceLoadBalancer } from "./load-balancer.js";
import { CloudSqlMySql } from "./mysql.js";
import { collectorPeers, createPodMonitoring } from "./pod-monitoring.js";
import { workloadIdentity } from "./workload-identity.js";

export interface GkeArgs {
  project: pulumi.Input<string>;
  projectNumber: pulumi.Input<string>;
  region: string;
  kubeconfig: pulumi.Input<string>;

  /** For what belongs to an app and stands in Google Cloud, not in the cluster. */
  gcpProvider: GcpProvider;

  /** What must be there before the first pod, and until the last one is gone. */
  foundations: readonly pulumi.Resource[];

  images: Images;
  cloudSql?: CloudSql;

  /** Key of a service account that may connect to it; otherwise each pod's own identity may. */
  cloudSqlKey?: pulumi.Output<string>;
  protection: boolean;
  domain?: string;
  dnsZone?: string;
}

/** What an app gets on Google Cloud. */
export class Gke extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly mongoDbTenants = [];
  readonly mySqlTenants = [];
  readonly mySqlSidecars = [AUTH_PROXY_RESOURCES];
  readonly storageClassName = "standard-rwo";
  readonly imagePullPolicy = "Always";
  // The load balancer learns of a pod that goes in seconds, sometimes in many.
  readonly drainDelaySec = 20;
  readonly dnsPeers = [];
  readonly namespaceLabels = {};
  // Google's load balancers and their health checks talk to the pods from these ranges.
  readonly entryPeers = [{ ipBlock: { cidr: "130.211.0.0/22" } }, { ipBlock: { cidr: "35.191.0.0/16" } }];

  readonly metricsPeers = collectorPeers;

  /** Each reserved address, by the name of the entry or the load balancer. */
  readonly addresses: Record<string, pulumi.Output<string>> = {};
  private readonly args: GkeArgs;
  private readonly sslPolicy: SSLPolicy;

  constructor(name: string, args: GkeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:Gke", name, {}, { ...opts, providers: [args.gcpProvider] });

    const { project, kubeconfig, foundations } = args;
    const parent = this;

    this.provider = createProvider();
    this.sslPolicy = createSslPolicy();

    this.args = args;
    this.registerOutputs({});

    function createProvider() {
      return createClusterProvider(name, { kubeconfig }, { parent, dependsOn: [...foundations] });
    }

    function createSslPolicy() {
      return new SSLPolicy(name, { project, profile: "MODERN", minTlsVersion: "TLS_1_2" }, { parent });
    }
  }

  image(name: ImageName): string {
    return imageFrom(this.args.images, name);
  }

  identityOf(args: IdentityArgs): Identity {
    const { project, projectNumber } = this.args;
    return workloadIdentity({ ...args, project, projectNumber });
  }

  createIdentity(name: string, args: CreateIdentityArgs, opts: ChildOptions): Identity {
    return { ...this.identityOf(args), serviceAccountName: createServiceAccount(name, args, opts) };
  }

  createBackend(name: string, args: BackendArgs, opts: ChildOptions): GceBackend {
    return new GceBackend(name, args, opts);
  }

  collectMetrics(name: string, args: MetricsArgs, opts: ChildOptions): void {
    createPodMonitoring(name, args, opts);
  }

  urlOf(name: string, host?: string): string {
    return `https://${hostOf(name, { host, domain: this.args.domain })}`;
  }

  createEntry(name: string, args: EntryArgs, opts: ChildOptions): GceEntry {
    const { project, domain, dnsZone } = this.args;
    const entry = new GceEntry(
      name,
      { ...args, project, domain, dnsZone, sslPolicy: this.sslPolicy.name },
      this.withGcp(opts),
    );
    this.addresses[name] = entry.address;
    return entry;
  }

  createLoadBalancer(name: string, args: LoadBalancerArgs, opts: ChildOptions): GceLoadBalancer {
    const { project, region, domain, dnsZone } = this.args;
    const where = { project, region, domain, dnsZone };
    const loadBalancer = new GceLoadBalancer(name, { ...args, ...where }, this.withGcp(opts));
    this.addresses[name] = loadBalancer.address;
    return loadBalancer;
  }

  createMongoDb(_name: string, { app, uri }: MongoDbArgs): MongoDb {
    return outsideMongoDb(app, uri);
  }

  createMySql(name: string, args: MySqlArgs, opts: ChildOptions): CloudSqlMySql {
    const { project, cloudSql, cloudSqlKey, protection } = this.args;
    if (!cloudSql) {
      throw new pulumi.InputPropertyError({
        propertyPath: "cloudSql",
        reason: `expected a Cloud SQL instance for "${name}", got none; add it to slipway:gcp, even as "cloudSql: {}"`,
      });
    }
    return new CloudSqlMySql(
      name,
      { ...args, project, cloudSql, key: cloudSqlKey, protection },
      this.withGcp(opts),
    );
  }

  /** An app knows the cluster's provider only. */
  private withGcp(opts: ChildOptions): pulumi.ComponentResourceOptions {
    return pulumi.mergeOptions(opts, { providers: [this.args.gcpProvider] });
  }
}
