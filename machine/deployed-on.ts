import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "./layout.js";
import type { ClusterAddress } from "./missing-objects.js";
import { quoted, UserError } from "./shell.js";
import { writeWhole } from "./whole-file.js";

const here = "this machine's";

/** Names the cluster that the stack is deployed on. */
export const clusterFile = join(paths.engine, "cluster");

/** The state tells of one cluster's objects; on another the engine would take them for being there. */
export async function keepToOneCluster({ kubeconfig, context = "" }: ClusterAddress): Promise<void> {
  const cluster = kubeconfig === paths.kubeconfig ? here : `${kubeconfig} ${context}`.trim();
  const before = read() ?? cluster;
  if (before !== cluster) {
    throw new UserError(
      `stack local is deployed on ${before} cluster, got ${cluster}; run "npm run down -- --purge" there first`,
    );
  }
  await mkdir(paths.engine, { recursive: true, mode: 0o700 });
  await writeWhole(clusterFile, cluster);
}

/** The cluster that the stack is deployed on, if that is not this machine's. */
export function elsewhere(): ClusterAddress | undefined {
  const cluster = read();
  if (cluster === undefined || cluster === here) return undefined;
  // The name of a file may have spaces, a context's name has none.
  const space = existsSync(cluster) ? -1 : cluster.lastIndexOf(" ");
  if (space === -1) return { kubeconfig: cluster };
  return { kubeconfig: cluster.slice(0, space), context: cluster.slice(space + 1) };
}

const read = () => (existsSync(clusterFile) ? readFileSync(clusterFile, "utf8") : undefined);

/** How a person reaches a cluster that is not this machine's. */
export const kubectlOf = ({ kubeconfig, context }: ClusterAddress) =>
  `kubectl --kubeconfig ${quoted(kubeconfig)}${context === undefined ? "" : ` --context ${quoted(context)}`}`;
