import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
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
  MongoDbArgs,
  MySqlArgs,
} from "../platform.js";
import { noLoadBalancer } from "../no-load-balancer.js";
import { LocalEntry, localHost, localUrl } from "./entry.js";
import { FERRET_DB_TENANT, FerretDb } from "./ferret-db.js";
import { MARIA_DB_TENANTS, MariaDb } from "./maria-db.js";

export interface LocalClusterArgs {
  /** File that `npm run up` wrote. */
  kubeconfig: string;

  /** @default the current one of the file */
  context?: string;

  /**
   * Port of this machine on which entries answer with TLS.
   *
   * @default 8443
   */
  httpsPort?: number;

  /** Reference of each image, in the nodes' own stores. */
  images: Images;
}

/** The cluster that `npm run up` starts on this machine. */
export class LocalCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly mongoDbTenants = [FERRET_DB_TENANT];
  readonly metricsPeers = [];
  readonly mySqlTenants = MARIA_DB_TENANTS;
  readonly mySqlSidecars = [];
  readonly storageClassName = "local-path";
  // The images are put into every node's store: there is no registry to ask.
  readonly imagePullPolicy = "IfNotPresent";
  // Traefik watches the endpoints; this is what a busy machine may take to see a change.
  readonly drainDelaySec = 5;
  readonly dnsPeers = [];
  readonly namespaceLabels = {};
  readonly entryPeers = [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } },
      podSelector: { matchLabels: { "app.kubernetes.io/name": "traefik" } },
    },
  ];
  private readonly images: Images;
  private readonly httpsPort: number;

  constructor(name: string, args: LocalClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:local:LocalCluster", name, {}, opts);

    const { kubeconfig, context, httpsPort = 8443, images } = args;
    this.provider = createClusterProvider(name, { kubeconfig, context }, { parent: this });
    this.images = images;
    this.httpsPort = httpsPort;
    this.registerOutputs({});
  }

  image(name: ImageName): string {
    return imageFrom(this.images, name);
  }

  /** Nobody on this machine grants a pod anything by who it is. */
  identityOf({ name }: IdentityArgs): Identity {
    return { serviceAccountName: name };
  }

  createIdentity(name: string, args: CreateIdentityArgs, opts: ChildOptions): Identity {
    return { serviceAccountName: createServiceAccount(name, args, opts) };
  }

  /** Traefik asks the pods' own readiness and has no limit on time; a sticky Service says so by annotations. */
  createBackend(name: string, { sticky = false }: Pick<BackendArgs, "sticky">): Backend {
    const cookie = "traefik.ingress.kubernetes.io/service.sticky.cookie";
    const annotations = {
      [cookie]: "true",
      [`${cookie}.name`]: `${name}-backend`,
      [`${cookie}.httponly`]: "true",
      // A page and its server are different sites to a browser when nothing but "localhost" is common to their names.
      [`${cookie}.samesite`]: "none",
      [`${cookie}.secure`]: "true",
    };
    return { annotations: sticky ? annotations : {} };
  }

  /** Nothing collects metrics on this machine. */
  collectMetrics(): void {}

  urlOf(name: string, host = localHost(name)): string {
    return localUrl(host, this.httpsPort);
  }

  createEntry(name: string, args: EntryArgs, opts: ChildOptions): LocalEntry {
    return new LocalEntry(name, { ...args, httpsPort: this.httpsPort }, opts);
  }

  createLoadBalancer(name: string): LoadBalancer {
    return noLoadBalancer(name, "local");
  }

  createMongoDb(name: string, args: MongoDbArgs, opts: ChildOptions): FerretDb {
    return new FerretDb(name, { ...args, cluster: this }, opts);
  }

  createMySql(name: string, args: MySqlArgs, opts: ChildOptions): MariaDb {
    return new MariaDb(name, { ...args, cluster: this }, opts);
  }
}
