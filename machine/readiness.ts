import { setTimeout as sleep } from "node:timers/promises";
import type { V1Deployment, V1Node, V1Pod, V1StatefulSet } from "@kubernetes/client-node";
import { UserError } from "../shell/errors.js";
import { startedAt } from "../shell/processes.js";
import { stopIfInterrupted } from "../shell/programs.js";
import { hostProcess } from "./hosts.js";
import { kubectl } from "./kubectl.js";

/** As the API sends it: times are strings. */
type Sent<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Sent<T[K]> } : T;

export type ClusterObject =
  | ({ kind: "Node" } & Sent<V1Node>)
  | ({ kind: "Pod" } & Sent<V1Pod>)
  | ({ kind: "Deployment" } & Sent<V1Deployment>)
  | ({ kind: "StatefulSet" } & Sent<V1StatefulSet>);

/** When a node was started, in milliseconds as of Date.now(); undefined when it does not run. */
export type StartOf = (node: string) => number | undefined;

export const startOfHost: StartOf = (node) => {
  const pid = hostProcess(node);
  return pid === undefined ? undefined : startedAt(pid);
};

// Process times come from a clock that the wall clock is set against.
const toleranceMs = 2000;

/** Whether something happened on a node since that was started: all that was true before then is hearsay. */
function isSince(time: string | undefined, start: number | undefined): boolean {
  return time !== undefined && start !== undefined && Date.parse(time) >= start - toleranceMs;
}

/** Whether a node's kubelet says that it is ready, and has said so since the node was started. */
export function nodeIsReady(node: Sent<V1Node>, startOf: StartOf): boolean {
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && isSince(ready.lastHeartbeatTime, startOf(node.metadata?.name ?? ""));
}

/** Whether a pod is ready with containers that were started since its node was. */
function podIsReady({ metadata, spec, status }: Sent<V1Pod>, startOf: StartOf): boolean {
  if (metadata?.deletionTimestamp !== undefined || spec?.nodeName === undefined) return false;
  const start = startOf(spec.nodeName);
  const containers = status?.containerStatuses ?? [];
  return (
    (status?.conditions ?? []).some((one) => one.type === "Ready" && one.status === "True") &&
    containers.every(({ state }) => isSince(state?.running?.startedAt, start))
  );
}

/** What of a cluster is not ready yet: nodes, and the workloads whose pods are not all of them. */
export function notReady(objects: ClusterObject[], startOf: StartOf): string[] {
  const pods = objects.filter((object) => object.kind === "Pod");
  return objects.flatMap((object) => {
    const { kind, metadata } = object;
    const name = metadata?.name ?? "";
    if (kind === "Node") return nodeIsReady(object, startOf) ? [] : [`${name} is not ready`];
    if (kind === "Pod") return [];
    const { status, spec } = object;
    const wanted = spec?.replicas ?? 1;
    const labels = Object.entries(spec?.selector.matchLabels ?? {});
    const own = pods.filter(
      ({ metadata: { namespace, labels: its } = {} }) =>
        namespace === metadata?.namespace && labels.every(([key, value]) => its?.[key] === value),
    );
    const ready = own.filter((pod) => podIsReady(pod, startOf)).length;
    const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
    if (seen && ready >= wanted && (status?.updatedReplicas ?? 0) >= wanted) return [];
    return [`${kind} ${name}: ${ready} of ${wanted} pods ready`];
  });
}

const patienceSec = 180;

/**
 * Waits until all nodes and all workloads are ready, by what is so since they were started and not by what the cluster
 * remembers of its last run.
 *
 * @param namespaces of the workloads; all of them by default.
 * @param kinds of the workloads; all of them by default.
 */
export async function waitUntilReady(
  tell: (line: string) => void,
  namespaces?: string[],
  kinds?: string[],
): Promise<void> {
  const deadline = Date.now() + patienceSec * 1000;
  for (;;) {
    stopIfInterrupted();
    const objects = (await readObjects()).filter(
      ({ kind, metadata }) =>
        kind === "Node" ||
        ((namespaces?.includes(metadata?.namespace ?? "") ?? true) &&
          (kind === "Pod" || (kinds?.includes(kind) ?? true))),
    );
    const problems = notReady(objects, startOfHost);
    if (problems.length === 0) return;
    tell(problems.join("; "));
    if (Date.now() > deadline)
      throw new UserError(
        `not ready within ${patienceSec} s: ${problems.join("; ")}; see "npm run kubectl -- get pods -A"`,
      );
    await sleep(500);
  }
}

async function readObjects(): Promise<ClusterObject[]> {
  const kinds = "nodes,pods,deployments,statefulsets";
  const get = ["get", kinds, "--all-namespaces", "--output=json", "--request-timeout=20s"];
  const text = await kubectl(get);
  return (JSON.parse(text) as { items: ClusterObject[] }).items;
}
