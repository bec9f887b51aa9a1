import type { Provider } from "@pulumi/aws/provider.js";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { outsideMongoDb } from "../k8s/outside-mongo-db.js";
import { createClusterProvider, imageFrom } from "../k8s/provider.js";
import { createServiceAccount } from "../k8s/service-account.js";
import type {
  Backend,
  BackendArgs,
  ChildOptions,
  Cluster,
  CreateIdentityArgs,
  EntryArgs,
  Identity,
  IdentityArgs,
  ImageName,
  Images,
  LoadBalancer,
  MongoDb,
  MongoDbArgs,
  MySql,
} from "../platform.js";
import { noLoadBalancer } from "../no-load-balancer.js";
import { albBackend } from "./backend.js";
import type { EksCluster } from "./eks-cluster.js";
import { AlbEntry, hostFor, type HostedZone } from "./entry.js";
import { createIngressClass } from "./ingress-class.js";
import { createStorageClass } from "./storage-class.js";
import type { Vpc } from "./vpc.js";

export interface EksArgs {
  eksCluster: EksCluster;
  vpc: Vpc;

  /** Makes what an app needs outside of the cluster. */
  awsProvider: Provider;

  /** Reference of each image, in a registry that the nodes may read. */
  images: Images;

  /** @default none, and every entry needs a host */
  domain?: string;

  /** @default none, and there are no entries */
  hostedZone?: HostedZone;
}

/** What apps ask for, as EKS answers it. Its objects come after the nodes and go before them. */
export class Eks extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly mongoDbTenants = [];
  readonly metricsPeers = [];
  readonly mySqlTenants = [];
  readonly mySqlSidecars = [];
  readonly storageClassName = "gp3";
  readonly imagePullPolicy = "Always";
  // A pod that goes is taken out by calls to AWS, and the load balancer's nodes take half a minute to hear of it.
  readonly drainDelaySec = 30;
  readonly entryPeers: readonly { readonly ipBlock: { readonly cidr: string } }[];
  /** The cluster's DNS, which on Auto Mode's nodes is a program of the node and no pod of any namespace. */
  readonly dnsPeers: readonly { readonly ipBlock: { readonly cidr: string } }[];
  /** A pod is ready when the load balancer says so too: else a rollout goes on while none is in it yet. */
  readonly namespaceLabels = { "eks.amazonaws.com/pod-readiness-gate-inject": "enabled" };
  private readonly args: EksArgs;
  private readonly ingressClassName: pulumi.Output<string>;

  constructor(name: string, args: EksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:Eks", name, {}, opts);

    const { eksCluster, vpc } = args;
    const parent = this;

    this.args = args;
    this.provider = createClusterProvider(
      name,
      { kubeconfig: eksCluster.kubeconfig },
      { parent, dependsOn: [eksCluster] },
    );
    const children = { parent, provider: this.provider };
    createStorageClass(name, children);
    this.ingressClassName = createIngressClass(name, children).metadata.name;
    this.entryPeers = vpc.publicRanges.map((cidr) => ({ ipBlock: { cidr } }));
    this.dnsPeers = [{ ipBlock: { cidr: `${eksCluster.dnsAddress}/32` } }];
    this.registerOutputs({});
  }

  image(name: ImageName): string {
    return imageFrom(this.args.images, name);
  }

  /** A Pod Identity association names the account: a role is made, and associated, when an app needs a right. */
  identityOf({ name }: IdentityArgs): Identity {
    return { serviceAccountName: name };
  }

  createIdentity(name: string, args: CreateIdentityArgs, opts: ChildOptions): Identity {
    return { serviceAccountName: createServiceAccount(name, args, opts) };
  }

  createBackend(_name: string, args: BackendArgs): Backend {
    return albBackend(args);
  }

  /** EKS has nothing of its own that collects metrics. */
  collectMetrics(): void {}

  urlOf(name: string, host?: string): string {
    return `https://${hostFor(name, { host, domain: this.args.domain })}`;
  }

  createEntry(name: string, args: EntryArgs, opts: ChildOptions): AlbEntry {
    const { domain, hostedZone, awsProvider } = this.args;
    const entryArgs = { ...args, domain, hostedZone, ingressClassName: this.ingressClassName };
    return new AlbEntry(name, entryArgs, { ...opts, providers: [awsProvider, this.provider] });
  }

  createLoadBalancer(name: string): LoadBalancer {
    return noLoadBalancer(name, "eks");
  }

  createMongoDb(_name: string, { app, uri }: MongoDbArgs): MongoDb {
    return outsideMongoDb(app, uri);
  }

  createMySql(name: string): MySql {
    throw new pulumi.InputPropertyError({
      propertyPath: "cluster",
      reason: `expected a cluster that offers MySQL for "${name}", got eks: not offered on EKS; place the app on gke or local`,
    });
  }
}
