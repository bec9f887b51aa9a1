import { kubectl } from "../machine/kubectl.js";
import { UserError } from "../shell/errors.js";

type Labels = Readonly<Record<string, string>>;

interface Metadata {
  name: string;
  namespace: string;
  labels?: Labels;
  annotations?: Readonly<Record<string, string>>;
}

/** As the API sends them, as far as it matters here. */
export interface StatefulSet {
  metadata: Metadata;
  spec: {
    replicas: number;
    template: { spec: { volumes?: { name: string; secret?: { secretName: string } }[] } };
  };
}

export interface Deployment {
  metadata: Metadata;
  spec: { replicas: number; selector: { matchLabels: Labels }; template: { metadata: { labels: Labels } } };
}

export interface NetworkPolicy {
  metadata: Metadata;
  spec: { ingress?: { from?: { podSelector?: { matchLabels?: Labels } }[] }[] };
}

/** What of the cluster says which stores there are and who writes to them. */
export interface Objects {
  statefulSets: StatefulSet[];
  deployments: Deployment[];
  networkPolicies: NetworkPolicy[];
}

type Item =
  | (StatefulSet & { kind: "StatefulSet" })
  | (Deployment & { kind: "Deployment" })
  | (NetworkPolicy & { kind: "NetworkPolicy" });

const ask = (...args: string[]) => kubectl(["--request-timeout=20s", ...args]);

/** The platform's own objects. */
export async function readObjects(): Promise<Objects> {
  const kinds = "statefulsets,deployments,networkpolicies";
  const text = await ask("get", kinds, "-A", "-l", "app.kubernetes.io/part-of=slipway", "-o", "json");
  const { items } = JSON.parse(text) as { items: Item[] };
  return {
    statefulSets: items.filter((item) => item.kind === "StatefulSet"),
    deployments: items.filter((item) => item.kind === "Deployment"),
    networkPolicies: items.filter((item) => item.kind === "NetworkPolicy"),
  };
}

/** A value of a Secret that a workload mounts as a volume. */
export async function mountedSecret(
  { metadata: { namespace, name }, spec }: StatefulSet,
  volume: string,
  key: string,
): Promise<string> {
  const secret = spec.template.spec.volumes?.find((one) => one.name === volume)?.secret?.secretName;
  if (secret === undefined)
    throw new UserError(`${namespace}/${name}: expected a volume "${volume}" of a Secret, got none`);
  const answer = await ask("get", "secret", secret, "-n", namespace, "-o", "json");
  const { data = {} } = JSON.parse(answer) as { data?: Record<string, string> };
  return Buffer.from(data[key] ?? "", "base64").toString("utf8");
}

/** How many pods with these labels there still are, those on their way out included. */
export async function countPods(namespace: string, labels: Labels): Promise<number> {
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const names = await ask("get", "pods", "-n", namespace, "-l", selector.join(), "-o", "name");
  return names.split("\n").filter(Boolean).length;
}

/** Changes some fields of a Deployment in one request: all of them or none. */
export async function patchDeployment({ namespace, name }: Metadata, patch: object): Promise<void> {
  await ask("patch", "deployment", name, "-n", namespace, "--type=merge", "--patch", JSON.stringify(patch));
}
