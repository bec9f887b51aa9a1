import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createClusterProvider, imageFrom } from "../k8s/provider.js";
import type { Cluster, EntryArgs, EntryOptions, ImageName, Images } from "../platform.js";
import { GceEntry } from "./entry.js";

export interface ExistingGkeArgs {
  /** Context of the cluster in the kubeconfig. */
  context: string;

  /** @default the machine's own kubeconfig */
  kubeconfig?: string;

  /** Reference of each image, in a registry that the nodes may read. */
  images: Images;
}

/** A GKE cluster that somebody has made: a reference, until this program makes the cluster itself. */
export class ExistingGke extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly storageClassName = "standard-rwo";
  readonly imagePullPolicy = "Always";
  // The load balancer learns of a pod that goes in seconds, sometimes in many.
  readonly drainDelaySec = 20;
  // Google's load balancers and their health checks talk to the pods from these ranges.
  readonly entryPeers = [{ ipBlock: { cidr: "130.211.0.0/22" } }, { ipBlock: { cidr: "35.191.0.0/16" } }];
  private readonly images: Images;

  constructor(name: string, args: ExistingGkeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:ExistingGke", name, args, opts);

    const { kubeconfig, context, images } = args;
    this.provider = createClusterProvider(name, { kubeconfig, context }, { parent: this });
    this.images = images;
    this.registerOutputs({});
  }

  image(name: ImageName): string {
    return imageFrom(this.images, name);
  }

  createEntry(name: string, args: EntryArgs, opts: EntryOptions): GceEntry {
    return new GceEntry(name, args, opts);
  }
}
