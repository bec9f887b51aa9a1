import { type LiveObject, ofKind, titleOf } from "./live-objects.js";

const HOSTNAME = "kubernetes.io/hostname";
const ZONE = "topology.kubernetes.io/zone";
const SYSTEM = /^(kube-|default$)/;

/** Complaints about the pods of a cluster as it is: admitted, within the quota, scheduled, ready, and apart. */
export function podComplaints(objects: readonly LiveObject[]): string[] {
  const namespaces = ofKind(objects, "Namespace").filter(({ metadata }) => !SYSTEM.test(metadata.name));
  return [
    ...namespaces.flatMap((namespace) => namespaceComplaints(namespace, objects)),
    ...workloadsOf(objects).flatMap((workload) => workloadComplaints(workload, objects)),
    ...warnings(objects),
  ];
}

/** The API server holds to both: what has to be seen is that they are there. */
function namespaceComplaints(namespace: LiveObject, objects: readonly LiveObject[]): string[] {
  const { name, labels = {} } = namespace.metadata;
  const level = labels["pod-security.kubernetes.io/enforce"] ?? "none";
  const hasQuota = ofKind(objects, "ResourceQuota").some(({ metadata }) => metadata.namespace === name);
  return [
    ...(level === "restricted" ? [] : [`${titleOf(namespace)}: enforces Pod Security "${level}"`]),
    ...(hasQuota ? [] : [`${titleOf(namespace)}: has no quota`]),
  ];
}

const workloadsOf = (objects: readonly LiveObject[]) =>
  objects.filter(
    ({ apiVersion, kind }) => apiVersion === "apps/v1" && /^(Deployment|StatefulSet)$/.test(kind),
  );

interface WorkloadSpec {
  readonly replicas?: number;
  readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
}

function workloadComplaints(workload: LiveObject, objects: readonly LiveObject[]): string[] {
  const { replicas = 1, selector } = workload.spec as WorkloadSpec;
  const wanted = Object.entries(selector.matchLabels ?? {});
  const pods = ofKind(objects, "Pod").filter(
    ({ metadata: { namespace, labels = {} } }) =>
      namespace === workload.metadata.namespace && wanted.every(([key, value]) => labels[key] === value),
  );
  const title = titleOf(workload);
  const ready = pods.filter(isReady);
  return [
    ...pods.filter((pod) => !isReady(pod)).map((pod) => `${titleOf(pod)}: is not ready`),
    ...(ready.length === replicas ? [] : [`${title}: expected ${replicas} pods, got ${ready.length}`]),
    ...spreadComplaints(title, ready, objects),
  ];
}

interface PodStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

const isReady = ({ status }: LiveObject) =>
  ((status as PodStatus | undefined)?.conditions ?? []).some(
    (condition) => condition.type === "Ready" && condition.status === "True",
  );

/** No node, and no zone, has two pods more of a workload than another that could have one. */
function spreadComplaints(
  title: string,
  pods: readonly LiveObject[],
  objects: readonly LiveObject[],
): string[] {
  const nodes = ofKind(objects, "Node");
  return [HOSTNAME, ZONE].flatMap((key) => {
    const domainOf = (node: LiveObject | undefined) => node?.metadata.labels?.[key] ?? "none";
    const counts = new Map(nodes.map((node) => [domainOf(node), 0]));
    for (const { spec } of pods) {
      const { nodeName } = spec as { nodeName?: string };
      const domain = domainOf(nodes.find(({ metadata }) => metadata.name === nodeName));
      counts.set(domain, (counts.get(domain) ?? 0) + 1);
    }
    const skew = Math.max(...counts.values()) - Math.min(...counts.values());
    const shown = [...counts].map(([domain, count]) => `${domain}: ${count}`).join(", ");
    return pods.length > 1 && skew > 1 ? [`${title}: its pods are not spread over ${key} (${shown})`] : [];
  });
}

interface LiveEvent {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly namespace: string };
}

/**
 * Two pods were counted in a quota at the same moment: the one that was late is created a moment later. ReplicaSets say it
 * in the first way, StatefulSets in the second.
 */
const LATE = /^(Error creating|create Pod .* failed error): Operation cannot be fulfilled on resourcequotas /;

/** What Kubernetes itself complains of: pods that were not admitted, and those that still find no place. */
function warnings(objects: readonly LiveObject[]): string[] {
  const waiting = ofKind(objects, "Pod").filter((pod) => !isReady(pod));
  const isWaiting = (name: string, namespace: string) =>
    waiting.some(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  return objects
    .filter(({ apiVersion, kind }) => apiVersion === "v1" && kind === "Event")
    .map((event) => event as unknown as LiveEvent)
    .filter(
      ({ reason, message, involvedObject: { name, namespace } }) =>
        (reason === "FailedCreate" && !LATE.test(message)) ||
        (reason === "FailedScheduling" && isWaiting(name, namespace)),
    )
    .map(
      ({ reason, message, involvedObject: { kind, namespace, name } }) =>
        `${kind} ${namespace}/${name}: ${reason} ${message}`,
    );
}
