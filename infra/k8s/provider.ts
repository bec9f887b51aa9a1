import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ImageName, Images } from "../platform.js";

export interface ClusterAccess {
  /** A kubeconfig's path or text. @default the machine's own kubeconfig */
  kubeconfig?: pulumi.Input<string>;

  /** @default the kubeconfig's current context */
  context?: string;
}

/**
 * The one provider of a cluster. Its identifier is the cluster's name and nothing else: with a new kubeconfig, port or
 * certificate it is still the same cluster, and no object in it is replaced.
 */
export function createClusterProvider(
  name: string,
  access: ClusterAccess,
  opts: pulumi.ResourceOptions & { parent: pulumi.Resource },
): k8s.Provider {
  const { kubeconfig, context } = access;
  return new k8s.Provider(
    name,
    { kubeconfig, context, clusterIdentifier: name, enableServerSideApply: true },
    opts,
  );
}

/** The reference of that image; the configuration has checked that the stack has it. */
export function imageFrom(images: Images, name: ImageName): string {
  const image = images[name];
  if (image === undefined) {
    throw new pulumi.InputPropertyError({
      propertyPath: `images.${name}`,
      reason: `expected a reference, got none among "${Object.keys(images).join('", "')}"`,
    });
  }
  return image;
}
