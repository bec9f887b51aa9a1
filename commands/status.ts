import { existsSync } from "node:fs";
import { elsewhere } from "../engine/deployed-on.js";
import { lastOutputs } from "../engine/local-stack.js";
import { answers } from "../machine/entries.js";
import { hostProcess } from "../machine/hosts.js";
import { kubectl } from "../machine/kubectl.js";
import { controlPlane } from "../machine/layout.js";
import { type ClusterObject, nodeIsReady, startOfHost } from "../machine/readiness.js";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";

export interface Status {
  stack: "local";
  nodes: { name: string; zone: string; ready: boolean }[];
  apps: { name: string; url: string; ready: boolean }[];
  /** Why the nodes are not known, when they are not. */
  problem?: string;
}

/** What runs at this moment, asked of the cluster and of every app's entry. */
export async function readStatus(): Promise<Status> {
  const { urls } = await lastOutputs();
  const running = hostProcess(controlPlane) !== undefined && existsSync(paths.kubeconfig);
  const [{ nodes, ...others }, apps] = await Promise.all([
    running ? readNodes() : { nodes: [] },
    Promise.all(
      Object.entries(urls).map(async ([name, url]) => ({
        name,
        url,
        ready: running && (await answers(url)),
      })),
    ),
  ]);
  if (elsewhere() === undefined) return { stack: "local", nodes, apps, ...others };
  const problem = "the apps are on a cluster that is not this machine's; ask that one";
  return { stack: "local", nodes: [], apps, problem };
}

/** The nodes as the cluster has them; when it does not answer, why. */
export async function readNodes(): Promise<Pick<Status, "nodes" | "problem">> {
  const get = ["get", "nodes", "--output=json", "--request-timeout=10s"];
  try {
    const text = await kubectl(get);
    const { items } = JSON.parse(text) as { items: Extract<ClusterObject, { kind: "Node" }>[] };
    const nodes = items.map((node) => ({
      name: node.metadata?.name ?? "",
      zone: node.metadata?.labels?.["topology.kubernetes.io/zone"] ?? "",
      ready: nodeIsReady(node, startOfHost),
    }));
    return { nodes };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [, ...output] = error.message.trim().split("\n");
    return { nodes: [], problem: `the Kubernetes API does not answer: ${output.at(-1) ?? error.message}` };
  }
}

/** Whether there is something, and all of it is ready. */
export const allIsReady = ({ nodes, apps, problem }: Status) =>
  problem === undefined && nodes.length + apps.length > 0 && [...nodes, ...apps].every(({ ready }) => ready);

/** The status as a table for people. */
export function formatStatus({ nodes, apps, problem }: Status): string {
  const mark = (ready: boolean) => (ready ? "ready" : "not ready");
  const rows = [
    ...nodes.map(({ name, zone, ready }) => [name, zone, mark(ready)]),
    ...apps.map(({ name, url, ready }) => [name, url, mark(ready)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [...(problem === undefined ? [] : [problem]), ...lines].join("\n");
}
