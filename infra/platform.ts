import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { MongoDb, MongoDbArgs, MySql, MySqlArgs } from "./databases.js";
import type { CreateIdentityArgs, Identity, IdentityArgs } from "./identity.js";
import type { Tenant } from "./k8s/quota.js";
import type { Resources } from "./k8s/resources.js";

export type { MongoDb, MongoDbArgs, MySql, MySqlArgs, MySqlClient } from "./databases.js";
export type { CreateIdentityArgs, Identity, IdentityArgs } from "./identity.js";

/** Every place where an app can be told to run. */
export const clusterNames = ["gke", "eks", "local"] as const;
export type ClusterName = (typeof clusterNames)[number];

/** Every image that the project builds: one Dockerfile in `apps/` each. */
export const imageNames = [
  "journal-frontend",
  "journal-fileserver",
  "redis",
  "chat-server",
  "chat-client",
  "prisma",
  "ferretdb",
  "mariadb",
] as const;
export type ImageName = (typeof imageNames)[number];

/** What a cloud's registry holds: all but those that stand on the local cluster for a service of the clouds. */
export const cloudImageNames = imageNames.filter((name) => name !== "ferretdb" && name !== "mariadb");
export type Images = Readonly<Partial<Record<ImageName, string>>>;

/**
 * The seam between an app and the cloud it runs on: what an app may ask for, and nothing about who answers. Each
 * cloud has one class that implements it, and an app has no `if` about clouds.
 */
export interface Cluster {
  /** Every Kubernetes object of an app goes through this provider. */
  readonly provider: k8s.Provider;

  /** Class of the persistent volumes. */
  readonly storageClassName: string;

  /** "Always" where a registry checks the node's right to the image, "IfNotPresent" where there is none. */
  readonly imagePullPolicy: "Always" | "IfNotPresent";

  /** For how long an entry may go on sending requests to a pod that has been told to stop. */
  readonly drainDelaySec: number;

  /** From where an entry's requests reach the pods. */
  readonly entryPeers: readonly k8s.types.input.networking.v1.NetworkPolicyPeer[];

  /** From where the cloud collects metrics; nowhere where it collects none. */
  readonly metricsPeers: readonly k8s.types.input.networking.v1.NetworkPolicyPeer[];

  /** The cluster's DNS, where it is no pod of kube-system. */
  readonly dnsPeers: readonly k8s.types.input.networking.v1.NetworkPolicyPeer[];

  /** What the cloud reads from an app's namespace. */
  readonly namespaceLabels: Readonly<Record<string, string>>;

  /** The immutable reference of one of our images. */
  image(name: ImageName): string;

  /** Whom the pods with that service account are, for those who must know it before the account is made. */
  identityOf(args: IdentityArgs): Identity;

  /** Makes the service account that pods run as; whoever names it waits for it. */
  createIdentity(name: string, args: CreateIdentityArgs, opts: ChildOptions): Identity;

  /**
   * How the cloud's load balancer treats a Service that an entry leads to. Every cloud reads it from the Service
   * itself, so it is asked for before the Service is made.
   */
  createBackend(name: string, args: BackendArgs, opts: ChildOptions): Backend;

  /** Has the cloud collect the metrics of an app's pods; does nothing where it collects none. */
  collectMetrics(name: string, args: MetricsArgs, opts: ChildOptions): void;

  /** Address of the entry of that name, for those who must know it before the entry is made. */
  urlOf(name: string, host?: string): string;

  /** A way in from outside, with a host and TLS of its own. */
  createEntry(name: string, args: EntryArgs, opts: ChildOptions): Entry;

  /** A way in from outside without TLS, with an address of its own; throws where the cloud offers none. */
  createLoadBalancer(name: string, args: LoadBalancerArgs, opts: ChildOptions): LoadBalancer;

  /** A MySQL database for one app's pods; throws where the cloud offers none. */
  createMySql(name: string, args: MySqlArgs, opts: ChildOptions): MySql;

  /** What a MySQL database adds to the namespace that it is created in: nothing where it is outside of the cluster. */
  readonly mySqlTenants: readonly Tenant[];

  /** What each pod that connects gets beside its own container. */
  readonly mySqlSidecars: readonly Resources[];

  /** A MongoDB for one app's pods. */
  createMongoDb(name: string, args: MongoDbArgs, opts: ChildOptions): MongoDb;

  /** What a MongoDB adds to the namespace that it is created in: nothing where it is outside of the cluster. */
  readonly mongoDbTenants: readonly Tenant[];
}

/** What an app asks for has a parent, the app: its objects are the app's. */
export type ChildOptions = pulumi.ComponentResourceOptions & { parent: pulumi.Resource };

export interface BackendArgs {
  /** Namespace of the Service. */
  namespace: pulumi.Input<string>;

  /** Path that answers 200 from a pod that may get requests. */
  healthPath: string;

  /** The Service's `targetPort` as a number: health checks go to the pods themselves. */
  healthPort: number;

  /**
   * For how long a response, or an open websocket, may take.
   *
   * @default 30
   */
  timeoutSec?: number;

  /**
   * For how long requests under way may go on when their pod is taken out.
   *
   * @default 60
   */
  drainTimeoutSec?: number;

  /**
   * Whether a browser's requests go to the same pod, by a cookie.
   *
   * @default false
   */
  sticky?: boolean;

  /**
   * Whether the pages that call it are another site to a browser, which then may send no cookie: a sticky backend goes by
   * the browser's address instead, where the cloud offers that.
   *
   * @default false
   */
  crossSite?: boolean;
}

export interface Backend {
  /** Annotations of the Service. */
  readonly annotations: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
}

export interface MetricsArgs {
  /** Namespace of the pods. */
  namespace: pulumi.Input<string>;

  labels: Readonly<Record<string, string>>;

  /** Whose metrics. */
  selector: Readonly<Record<string, string>>;

  /** Name of the pods' port that answers with them under "/metrics". */
  port: string;
}

export interface EntryArgs {
  /** Namespace of the services. */
  namespace: pulumi.Input<string>;

  /**
   * Name under which the app is asked for.
   *
   * @default `<name>.<domain>`, which on the local cluster is `<name>.localhost`
   */
  host?: string;

  /** Which service answers under which path. The longest path that fits wins. */
  routes: readonly Route[];

  /**
   * The longest `timeoutSec` of the services behind it.
   *
   * @default 30
   */
  timeoutSec?: number;
}

export interface Route {
  /** Prefix of the paths, such as "/api". */
  path: string;
  service: pulumi.Input<string>;

  /** A port of the service, not of its pods. */
  port: number;
}

export interface Entry {
  /** Address for people, such as "https://journal.localhost:8443". */
  readonly url: string;
}

export interface LoadBalancerArgs extends Pick<EntryArgs, "namespace" | "host"> {
  labels: Readonly<Record<string, string>>;

  /** Which pods it leads to: none have to be there yet. */
  selector: Readonly<Record<string, string>>;

  /** Name of the pods' port. */
  targetPort: string;

  /**
   * Port that people ask for.
   *
   * @default 80
   */
  port?: number;
}

export interface LoadBalancer {
  /** Address for people, such as "http://chat.example.org". */
  readonly url: string;

  /** From where its requests reach the pods. */
  readonly peers: readonly k8s.types.input.networking.v1.NetworkPolicyPeer[];
}
