import { AppsV1Api, CoreV1Api, type V1Deployment, type V1StatefulSet } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { paths } from "../../machine/layout.js";
import { run } from "../../machine/shell.js";
import { cluster } from "./kubernetes.js";

const ofTheApps = { labelSelector: "app.kubernetes.io/part-of=slipway,app.kubernetes.io/managed-by=pulumi" };
const patienceSec = 120;

/** Does something while the apps have no pods, as on a cluster that has just been made; they have theirs again after it. */
export async function withoutApps<Result>(action: () => Promise<Result>): Promise<Result> {
  const apps = cluster().makeApiClient(AppsV1Api);
  const deployments = (await apps.listDeploymentForAllNamespaces(ofTheApps)).items;
  const statefulSets = (await apps.listStatefulSetForAllNamespaces(ofTheApps)).items;
  const workloads = [
    ...deployments.map((workload) => ({ kind: "deployment", workload })),
    ...statefulSets.map((workload) => ({ kind: "statefulset", workload })),
  ];
  if (workloads.length === 0) throw new Error("expected the apps on the cluster, found none");
  try {
    for (const { kind, workload } of workloads) await scale(kind, workload, 0);
    await podsAreGone();
    return await action();
  } finally {
    for (const { kind, workload } of workloads) await scale(kind, workload, workload.spec?.replicas ?? 1);
  }
}

async function scale(
  kind: string,
  { metadata }: V1Deployment | V1StatefulSet,
  replicas: number,
): Promise<void> {
  const what = [`--namespace=${metadata?.namespace}`, `${kind}/${metadata?.name}`, `--replicas=${replicas}`];
  await run("kubectl", ["--kubeconfig", paths.kubeconfig, "scale", ...what]);
}

async function podsAreGone(): Promise<void> {
  const core = cluster().makeApiClient(CoreV1Api);
  for (let waited = 0; waited < patienceSec; waited++) {
    const { items } = await core.listPodForAllNamespaces({
      ...ofTheApps,
      fieldSelector: "status.phase!=Succeeded,status.phase!=Failed",
    });
    if (items.length === 0) return;
    await sleep(1000);
  }
  throw new Error(`the apps' pods were not gone within ${patienceSec} s`);
}
