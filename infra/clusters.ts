import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config.js";
import { LocalCluster } from "./local/cluster.js";
import type { Cluster, ClusterName } from "./platform.js";

/** What the clouds of this stack made, as far as people and workflows need it. */
export interface CloudOutputs {
  /** By the cluster's name; secret. */
  readonly kubeconfigs: Readonly<Record<string, pulumi.Output<string>>>;

  /** Where images are pushed to, by the cluster's name. */
  readonly registries: Readonly<Record<string, pulumi.Output<string>>>;

  /** Of AWS: in which role images are pushed by whoever may do nothing else. */
  readonly pushRoleArn?: pulumi.Output<string>;

  /** Reserved addresses, by the entry that uses them. */
  readonly addresses: Readonly<Record<string, pulumi.Output<string>>>;

  /** From where apps call the outside, by the cluster's name: what a database elsewhere has to let in. */
  readonly egressAddresses: Readonly<Record<string, readonly pulumi.Output<string>[]>>;

  /** Of Cloud SQL, as the Auth Proxy wants it. */
  readonly databaseConnectionName?: pulumi.Output<string>;

  /** What a workflow signs in with, by the cloud. */
  readonly ciIdentities: Readonly<Record<string, unknown>>;
}

/** The clusters of this stack, by name. */
export interface Clusters {
  /** The cluster of that name; the configuration has checked that the stack has it. */
  get(name: ClusterName): Cluster;

  /** To be asked for when every app has its entries. */
  outputs(): CloudOutputs;
}

/** Builds every cloud that the stack file names, and no other: the one place where a cloud is chosen. */
export async function createClusters(config: StackConfig): Promise<Clusters> {
  const local = config.local && new LocalCluster("local", { ...config.local, images: config.images });
  const gcp = config.gcp && (await createGoogleCloud(config, config.gcp));
  const aws = config.aws && (await createAmazonWebServices(config, config.aws));
  const clusters: Readonly<Record<ClusterName, Cluster | undefined>> = {
    gke: gcp?.cluster,
    eks: aws?.cluster,
    local,
  };

  return {
    get(name) {
      const cluster = clusters[name];
      if (cluster) return cluster;
      const others = Object.entries(clusters).filter(([, other]) => other);
      const names = others.map(([other]) => other).join(", ");
      throw new Error(`cluster "${name}" is not in this stack, which has ${names || "none"}`);
    },
    outputs: () => ({
      kubeconfigs: { ...(gcp && { gke: gcp.kubeconfig }), ...(aws && { eks: aws.kubeconfig }) },
      registries: {
        ...(gcp && { gke: gcp.registryHost }),
        // Each image has a repository of its own below this path, which exists only when an image's does.
        ...(aws && { eks: pulumi.interpolate`${aws.registryHost}/slipway` }),
      },
      ...(aws?.pushRoleArn && { pushRoleArn: aws.pushRoleArn }),
      addresses: { ...gcp?.addresses },
      egressAddresses: { ...(gcp && { gke: gcp.egressAddresses }), ...(aws && { eks: aws.egressAddresses }) },
      ...(gcp?.databaseConnectionName && { databaseConnectionName: gcp.databaseConnectionName }),
      ciIdentities: {
        ...(gcp?.ciIdentities && { gcp: gcp.ciIdentities }),
        ...(aws?.ciIdentities && { aws: aws.ciIdentities }),
      },
    }),
  };
}

// A cloud's SDK costs every start of a program that loads it, so it is loaded when the stack file names the cloud.

async function createGoogleCloud(
  { images, domain, protection, secrets }: StackConfig,
  args: NonNullable<StackConfig["gcp"]>,
) {
  const { GoogleCloud } = await import("./gcp/google-cloud.js");
  const { cloudSqlKey } = secrets;
  return new GoogleCloud("gcp", { ...args, images, domain, protection, cloudSqlKey });
}

async function createAmazonWebServices(
  { images, domain, protection }: StackConfig,
  args: NonNullable<StackConfig["aws"]>,
) {
  const { AmazonWebServices } = await import("./aws/amazon-web-services.js");
  return new AmazonWebServices("aws", { ...args, images, domain, protection });
}
