import { existsSync } from "node:fs";
import { lastOutputs } from "./engine.js";
import { answers } from "./entries.js";
import { controlPlane, hostProcess } from "./hosts.js";
import { paths } from "./layout.js";

export interface Status {
  stack: "local";
  nodes: { name: string; zone: string; ready: boolean }[];
  apps: { name: string; url: string; ready: boolean }[];
}

/** What runs at this moment, asked of the cluster and of every app's entry. */
export async function readStatus(): Promise<Status> {
  const { urls } = await lastOutputs();
  const running = hostProcess(controlPlane) !== undefined && existsSync(paths.kubeconfig);
  const nodes = running ? await readNodes().catch(() => []) : [];
  const apps = await Promise.all(
    Object.entries(urls).map(async ([name, url]) => ({ name, url, ready: running && (await answers(url)) })),
  );
  return { stack: "local", nodes, apps };
}

async function readNodes(): Promise<Status["nodes"]> {
  // Loaded only here: it takes longer than the whole of most commands.
  const { CoreV1Api, KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromFile(paths.kubeconfig);
  const { items } = await config.makeApiClient(CoreV1Api).listNode();
  return items.map(({ metadata, status }) => ({
    name: metadata?.name ?? "",
    zone: metadata?.labels?.["topology.kubernetes.io/zone"] ?? "",
    ready:
      status?.conditions?.some(({ type, status: state }) => type === "Ready" && state === "True") ?? false,
  }));
}

/** The status as a table for people. */
export function formatStatus({ nodes, apps }: Status): string {
  const mark = (ready: boolean) => (ready ? "ready" : "not ready");
  const rows = [
    ...nodes.map(({ name, zone, ready }) => [name, zone, mark(ready)]),
    ...apps.map(({ name, url, ready }) => [name, url, mark(ready)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
