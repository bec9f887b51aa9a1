import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Every place where an app can be told to run. */
export const clusterNames = ["gke", "eks", "local"] as const;
export type ClusterName = (typeof clusterNames)[number];

/** Every image that the project builds: one Dockerfile in `apps/` each. */
export const imageNames = ["journal-frontend", "journal-fileserver", "redis"] as const;
export type ImageName = (typeof imageNames)[number];
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

  /** The immutable reference of one of our images. */
  image(name: ImageName): string;

  /** A way in from outside, with a host and TLS of its own. */
  createEntry(name: string, args: EntryArgs, opts: EntryOptions): Entry;
}

export interface EntryArgs {
  /** Namespace of the services. */
  namespace: pulumi.Input<string>;

  /**
   * Name under which the app is asked for.
   *
   * @default `<name>.localhost` on the local cluster; required on every other.
   */
  host?: string;

  /** Which service answers under which path. The longest path that fits wins. */
  routes: readonly Route[];
}

export interface Route {
  /** Prefix of the paths, such as "/api". */
  path: string;
  service: pulumi.Input<string>;

  /** A port of the service, not of its pods. */
  port: number;
}

/** An entry has a parent, the app: its objects are the app's. */
export type EntryOptions = pulumi.ComponentResourceOptions & { parent: pulumi.Resource };

export interface Entry {
  /** Address for people, such as "https://journal.localhost:8443". */
  readonly url: string;
}
