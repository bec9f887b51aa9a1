import { CoreV1Api, makeInformer, type V1Node, type V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesCluster } from "./kubernetes-cluster.js";
import { made } from "./made.js";
import { eksAllocatable } from "./machine-types.js";

/** Where nodes may stand; none while the cluster makes no nodes by itself. */
export type Zones = () => readonly string[];

// What Auto Mode would choose depends on prices; this one holds every pod of ours.
const INSTANCE_TYPE = "m5.xlarge";

/** Auto Mode would go on; a pod that no node could hold must not make nodes for ever. */
const MOST = 12;

/** Pods that come together get their nodes together. */
const BATCH_MS = 500;

/**
 * Makes nodes for pods that find no place, as EKS Auto Mode does: one a pod, because it takes a wish to be apart for a
 * must. It never takes one away again: consolidation is not simulated.
 * https://docs.aws.amazon.com/eks/latest/userguide/automode.html
 */
export async function makeNodesWhenNeeded({ config }: KubernetesCluster, zones: Zones): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const pods = makeInformer(config, "/api/v1/pods", () => core.listPodForAllNamespaces());
  let planned = false;
  const onPod = (pod: V1Pod) => {
    if (planned || !findsNoPlace(pod)) return;
    planned = true;
    void sleep(BATCH_MS)
      .then(() => makeNodes(core, zones(), pods.list().filter(findsNoPlace).length))
      .catch(report)
      .finally(() => {
        planned = false;
      });
  };
  pods.on("add", onPod);
  pods.on("update", onPod);
  pods.on("error", () => void pods.start().catch(report));
  await pods.start();
}

function report(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
}

function findsNoPlace({ status, metadata, spec }: V1Pod): boolean {
  if (metadata?.deletionTimestamp !== undefined || spec?.nodeName !== undefined) return false;
  return (
    status?.conditions?.some(({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable") ??
    false
  );
}

/** Opens the new nodes all at once, and gives the scheduler the time to fill them. */
async function makeNodes(core: CoreV1Api, zones: readonly string[], count: number): Promise<void> {
  const { items } = await core.listNode({ labelSelector: "eks.amazonaws.com/compute-type=auto" });
  const fresh = Math.min(count, MOST - items.length);
  if (zones.length === 0 || fresh <= 0) return;
  const numbers = Array.from({ length: fresh }, (_, index) => items.length + index);
  const nodes = numbers.map((number) => nodeIn(zones[number % zones.length] ?? "", `i-auto-${number + 1}`));
  for (const body of nodes) await core.createNode({ body });
  await sleep(BATCH_MS);
  const body = [{ op: "remove", path: "/spec/unschedulable" }];
  await Promise.all(nodes.map(({ metadata }) => core.patchNode({ name: metadata?.name ?? "", body })));
  await sleep(2 * BATCH_MS);
}

function nodeIn(zone: string, name: string): V1Node {
  const allocatable = { ...eksAllocatable(INSTANCE_TYPE, 80) };
  const labels = {
    "eks.amazonaws.com/compute-type": "auto",
    "karpenter.sh/nodepool": "general-purpose",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "node.kubernetes.io/instance-type": INSTANCE_TYPE,
    "topology.kubernetes.io/region": zone.slice(0, -1),
    "topology.kubernetes.io/zone": zone,
  };
  return made<V1Node>({
    metadata: { name, labels },
    spec: { unschedulable: true },
    status: { allocatable, capacity: allocatable },
  });
}
