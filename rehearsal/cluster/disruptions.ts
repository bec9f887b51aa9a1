import { CoreV1Api, PolicyV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";

/**
 * Makes disruption budgets forget the disruption of pods that are gone. A budget remembers it by the pod's name for two
 * minutes, unless its controller sees the pod go. A pod of a StatefulSet that only seems to run goes and is there again
 * under its name before anybody looks, which no real one does.
 */
export async function forgetPodsThatAreGone(config: KubeConfig, namespace: string): Promise<void> {
  const policy = config.makeApiClient(PolicyV1Api);
  const { items: budgets } = await policy.listNamespacedPodDisruptionBudget({ namespace });
  const { items: pods } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace });
  for (const { metadata, status } of budgets) {
    const gone = Object.entries(status?.disruptedPods ?? {}).filter(([pod, since]) =>
      isGone(pods, pod, since),
    );
    if (gone.length === 0) continue;
    const body = gone.map(([pod]) => ({ op: "remove", path: `/status/disruptedPods/${pod}` }));
    await policy
      .patchNamespacedPodDisruptionBudgetStatus({ name: metadata?.name ?? "", namespace, body })
      .catch(unlessForgotten);
  }
}

/** Whether no pod of that name is from before its disruption. */
function isGone(pods: readonly V1Pod[], name: string, since: Date): boolean {
  const pod = pods.find(({ metadata }) => metadata?.name === name);
  const created = pod?.metadata?.creationTimestamp;
  return created === undefined || created.getTime() >= since.getTime();
}

/** 422: what is to be removed is not there any more, since the controller was faster; 404: nor is the budget. */
function unlessForgotten(error: unknown): void {
  if (![404, 422].includes((error as { code?: number }).code ?? 0)) throw error;
}
