import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import { quoted } from "../shell/programs.js";
import { writeWhole } from "../shell/whole-file.js";
import type { ClusterAddress } from "./missing-objects.js";

const here = "this machine's";

type Cluster = typeof here | ClusterAddress;

/** Names the cluster that the stack is deployed on. */
export const clusterFile = join(paths.engine, "cluster");

const clusterOf = ({ kubeconfig, context }: ClusterAddress): Cluster =>
  kubeconfig === paths.kubeconfig ? here : { kubeconfig, context };

/** The state tells of one cluster's objects; on another the engine would take them for being there. */
export function refuseAnotherCluster(address: ClusterAddress): void {
  const cluster = clusterOf(address);
  const before = read() ?? cluster;
  if (named(before) === named(cluster)) return;
  throw new UserError(
    `stack local is deployed on ${named(before)} cluster, got ${named(cluster)}; run "npm run down -- --purge" there first`,
  );
}

/** Writes down where the stack is deployed from now on. */
export async function keepToOneCluster(address: ClusterAddress): Promise<void> {
  refuseAnotherCluster(address);
  await mkdir(paths.engine, { recursive: true, mode: 0o700 });
  await writeWhole(clusterFile, JSON.stringify(clusterOf(address)));
}

/** The cluster that the stack is deployed on, if that is not this machine's. */
export function elsewhere(): ClusterAddress | undefined {
  const cluster = read();
  return cluster === here ? undefined : cluster;
}

function read(): Cluster | undefined {
  return existsSync(clusterFile) ? (JSON.parse(readFileSync(clusterFile, "utf8")) as Cluster) : undefined;
}

const named = (cluster: Cluster) =>
  cluster === here ? here : [cluster.kubeconfig, cluster.context ?? []].flat().map(quoted).join(" ");

/** How a person reaches a cluster that is not this machine's. */
export const kubectlOf = ({ kubeconfig, context }: ClusterAddress) =>
  `kubectl --kubeconfig ${quoted(kubeconfig)}${context === undefined ? "" : ` --context ${quoted(context)}`}`;
