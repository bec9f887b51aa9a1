import { type V1Pod, Watch } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { kubectl } from "../../machine/kubectl.js";
import { cluster, pauseImage } from "./kubernetes.js";

const namespace = "bench-pods";
const patienceSec = 60;

/**
 * Creates so many pods at once and gives, for each, the seconds from its creation to the moment at which a watch tells
 * that its container runs: the latency that the Kubernetes SLO is about.
 */
export async function podStartSeconds(count: number): Promise<number[]> {
  await removeNamespace();
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } });
  const created = new Map<string, number>();
  const running = new Map<string, number>();
  const watch = await new Watch(cluster()).watch(
    `/api/v1/namespaces/${namespace}/pods`,
    {},
    (_phase, { metadata, status }: V1Pod) => {
      const name = metadata?.name ?? "";
      const states = (status?.containerStatuses ?? []).map(({ state }) => state?.running);
      if (!created.has(name)) created.set(name, Date.now());
      if (states.length > 0 && states.every(Boolean) && !running.has(name)) running.set(name, Date.now());
    },
    () => undefined,
  );
  try {
    await apply(deployment(count));
    for (let waited = 0; running.size < count && waited < patienceSec * 10; waited++) await sleep(100);
  } finally {
    watch.abort();
    await removeNamespace();
  }
  if (created.size !== count) throw new Error(`expected ${count} pods, got ${created.size}`);
  // One that has not started by now counts with the whole time that it was waited for.
  return [...created].map(([name, at]) => ((running.get(name) ?? Date.now()) - at) / 1000);
}

function deployment(replicas: number) {
  const labels = { "app.kubernetes.io/name": "pause" };
  const container = {
    name: "pause",
    image: pauseImage(),
    imagePullPolicy: "IfNotPresent",
    // Without a limit of CPU, which runc works under, too, while it makes the pod: of 50m it waits for tenths of a second.
    resources: { requests: { cpu: "1m", memory: "4Mi" }, limits: { memory: "16Mi" } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
  const spec = {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, runAsUser: 65535, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "pause", namespace, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

const apply = (object: object) =>
  kubectl(["apply", "--server-side", "-f", "-"], { input: stringify(object) });

const removeNamespace = () =>
  kubectl(["delete", "namespace", namespace, "--ignore-not-found", `--timeout=${patienceSec * 2}s`]);
