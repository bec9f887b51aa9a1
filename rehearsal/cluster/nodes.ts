import {
  CoreV1Api,
  type KubeConfig,
  type V1Eviction,
  type V1Node,
  type V1Pod,
} from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { forgetPodsThatAreGone } from "./disruptions.js";
import { made } from "./made.js";
import type { Allocatable } from "./machine-types.js";

/** Nodes that are alike but for their zones. */
export interface NodePool {
  readonly name: string;

  /** A zone for each node. */
  readonly zones: readonly string[];
  readonly region: string;
  readonly machineType: string;
  readonly allocatable: Allocatable;

  /** Besides those of every node: the cloud's own. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { key: string; value?: string; effect: string }[];
}

const HOSTNAME = "kubernetes.io/hostname";
const POOL = "rehearsal/pool";
/** Old names of labels, which Kubernetes itself adds to every node a moment after it is made. */
const ADDED = /^beta\.kubernetes\.io\//;

/** Longer than a busy machine takes; the clouds have patience for an hour. */
const DRAIN_SECONDS = 240;

/**
 * The nodes of a cluster. KWOK says that they are ready and that their pods run; nodes are added and drained as the
 * clouds do it, so that disruption budgets and spare room are put to the test.
 */
export class Nodes {
  private readonly config: KubeConfig;
  private readonly core: CoreV1Api;

  constructor(config: KubeConfig) {
    this.config = config;
    this.core = config.makeApiClient(CoreV1Api);
  }

  /** Brings a pool to what it should be: first the new nodes, then those go that differ or are too many. */
  async ensure(pool: NodePool): Promise<void> {
    const before = await this.of(pool.name);
    const kept = new Set<V1Node>();
    const missing = pool.zones.filter((zone) => {
      const wanted = fingerprint(nodeOf(pool, zone, ""));
      const same = before.find((other) => !kept.has(other) && fingerprint(other) === wanted);
      if (same) kept.add(same);
      return !same;
    });
    const taken = new Set(before.map(({ metadata }) => metadata?.name));
    for (const zone of missing)
      await this.core.createNode({ body: nodeOf(pool, zone, freeName(pool, taken)) });
    await this.removeAll(before.filter((node) => !kept.has(node)));
  }

  /** Drains and deletes a whole pool. */
  async remove(pool: string): Promise<void> {
    await this.removeAll(await this.of(pool));
  }

  private async of(pool: string): Promise<V1Node[]> {
    return (await this.core.listNode({ labelSelector: `${POOL}=${pool}` })).items;
  }

  private async removeAll(nodes: readonly V1Node[]): Promise<void> {
    const names = nodes.map(({ metadata }) => metadata?.name ?? "");
    const body = [{ op: "add", path: "/spec/unschedulable", value: true }];
    for (const name of names) await this.core.patchNode({ name, body });
    for (const name of names) {
      await this.drain(name);
      await this.core.deleteNode({ name });
    }
  }

  /** Asks every pod to go, again and again while a disruption budget says no. */
  private async drain(node: string): Promise<void> {
    for (let deadline = Date.now() + DRAIN_SECONDS * 1000; ;) {
      const { items } = await this.core.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${node}` });
      if (items.length === 0) return;
      if (Date.now() > deadline) {
        const names = items.map(({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`);
        throw new Error(`node ${node} is not drained within ${DRAIN_SECONDS} s of ${names.join(", ")}`);
      }
      const refused = (await Promise.all(items.map((pod) => this.evict(pod)))).flat();
      for (const namespace of new Set(refused)) await forgetPodsThatAreGone(this.config, namespace);
      await sleep(200);
    }
  }

  /** Gives the namespace of a pod that a disruption budget does not let go now. */
  private async evict({ metadata }: V1Pod): Promise<string[]> {
    const [name, namespace] = [metadata?.name ?? "", metadata?.namespace ?? ""];
    if (metadata?.deletionTimestamp) return [];
    const body = made<V1Eviction>({ metadata: { name, namespace } });
    try {
      await this.core.createNamespacedPodEviction({ name, namespace, body });
    } catch (error) {
      const { code } = error as { code?: number };
      if (code === 429) return [namespace];
      // 404: it is gone.
      if (code !== 404) throw error;
    }
    return [];
  }
}

/** The cloud's own way of naming nodes does not matter; that a name comes again at once would. */
function freeName(pool: NodePool, taken: Set<string | undefined>): string {
  for (let number = 1; ; number++) {
    const name = `${pool.name}-${number}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** As a cloud makes it. */
export function nodeOf(pool: NodePool, zone: string, name: string): V1Node {
  const { region, machineType, allocatable, labels, taints } = pool;
  return made<V1Node>({
    metadata: {
      name,
      labels: {
        [POOL]: pool.name,
        [HOSTNAME]: name,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": machineType,
        "topology.kubernetes.io/region": region,
        "topology.kubernetes.io/zone": zone,
        ...labels,
      },
    },
    spec: { taints: [...taints] },
    status: { allocatable: { ...allocatable }, capacity: { ...allocatable } },
  });
}

/** What a node is, whatever its name and however it does: another fingerprint is another node. */
export function fingerprint({ metadata, spec, status }: V1Node): string {
  const parts = Object.entries({ ...metadata?.labels, ...status?.allocatable });
  const own = parts.filter(([key]) => key !== HOSTNAME && !ADDED.test(key));
  const sorted = own.sort(([a], [b]) => (a < b ? -1 : 1));
  const taints = (spec?.taints ?? [])
    // Kubernetes' own say how the node is, not what it is.
    .filter(({ key }) => !key.startsWith("node.kubernetes.io/"))
    .map(({ key, value, effect }) => `${key}=${value ?? ""}:${effect}`)
    .sort();
  return JSON.stringify([sorted, taints]);
}
