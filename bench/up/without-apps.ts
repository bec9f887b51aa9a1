import { AppsV1Api, CoreV1Api, type V1Deployment, type V1StatefulSet } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl } from "../../machine/kubectl.js";
import { cluster } from "./kubernetes.js";

type Workload = V1Deployment | V1StatefulSet;

/** How many pods it is to have again: in the object itself, so that a bench that was killed is made good by the next. */
const REPLICAS = "slipway/replicas-before-bench";

const ofTheApps = { labelSelector: "app.kubernetes.io/part-of=slipway,app.kubernetes.io/managed-by=pulumi" };
const patienceSec = 120;

/** For what nodes still do when the last pod is gone, which would be measured with what comes after it. */
const settleMs = 15_000;

/** Does something while the apps have no pods, as on a cluster that has just been made; they are ready again after it. */
export async function withoutApps<Result>(action: () => Promise<Result>): Promise<Result> {
  const interrupted = () => void startApps().finally(() => process.exit(130));
  process.once("SIGINT", interrupted);
  try {
    await stopApps();
    await sleep(settleMs);
    return await action();
  } finally {
    process.off("SIGINT", interrupted);
    await startApps();
  }
}

/** Gives every app the pods again that a bench has taken away; does nothing where none has. */
export async function startApps(): Promise<void> {
  const stopped = (await workloads()).filter(
    ({ metadata }) => metadata?.annotations?.[REPLICAS] !== undefined,
  );
  const started = await Promise.allSettled(
    stopped.map(async ({ kind, metadata }) => {
      const replicas = Number(metadata?.annotations?.[REPLICAS]);
      await patch(kind, metadata, { metadata: { annotations: { [REPLICAS]: null } }, spec: { replicas } });
      await kubectl(["rollout", "status", ...nameOf(kind, metadata), `--timeout=${patienceSec}s`]);
    }),
  );
  for (const result of started) if (result.status === "rejected") throw result.reason;
}

async function stopApps(): Promise<void> {
  const running = (await workloads()).filter(({ spec }) => (spec?.replicas ?? 1) > 0);
  if (running.length === 0) throw new Error('expected the apps on the cluster, found none; run "npm run up"');
  for (const { kind, metadata, spec } of running) {
    const annotations = { [REPLICAS]: String(spec?.replicas ?? 1) };
    await patch(kind, metadata, { metadata: { annotations }, spec: { replicas: 0 } });
  }
  const core = cluster().makeApiClient(CoreV1Api);
  const unfinished = { ...ofTheApps, fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" };
  for (let waited = 0; waited < patienceSec; waited++) {
    if ((await core.listPodForAllNamespaces(unfinished)).items.length === 0) return;
    await sleep(1000);
  }
  throw new Error(`the apps' pods were not gone within ${patienceSec} s`);
}

async function workloads() {
  const apps = cluster().makeApiClient(AppsV1Api);
  const [deployments, statefulSets] = await Promise.all([
    apps.listDeploymentForAllNamespaces(ofTheApps),
    apps.listStatefulSetForAllNamespaces(ofTheApps),
  ]);
  return [
    ...deployments.items.map(({ metadata, spec }) => ({ kind: "deployment", metadata, spec })),
    ...statefulSets.items.map(({ metadata, spec }) => ({ kind: "statefulset", metadata, spec })),
  ];
}

const patch = (kind: string, metadata: Workload["metadata"], change: object) =>
  kubectl(["patch", ...nameOf(kind, metadata), "--type=merge", `--patch=${JSON.stringify(change)}`]);

const nameOf = (kind: string, metadata: Workload["metadata"]) => [
  `${kind}/${metadata?.name}`,
  `--namespace=${metadata?.namespace}`,
];
