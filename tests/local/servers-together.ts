import { parse } from "yaml";
import { configDocument } from "./graphql.js";
import { apply, kubectl, objects, rolledOut } from "./platform.js";
import { serviceDeployment } from "./prisma-load.js";

/** A namespace of their own, since the service's has no room for so many: its quota counts its own pods. */
const NAMESPACE = "servers-together";
const labels = { "app.kubernetes.io/name": NAMESPACE };
const ofAll = ["-n", NAMESPACE, "-l", `app.kubernetes.io/name=${NAMESPACE}`];

/** MariaDB's own namespace lets nobody in whom no policy names. */
const policy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: NAMESPACE, namespace: "prisma", labels },
  spec: {
    podSelector: {
      matchLabels: { "app.kubernetes.io/name": "prisma", "app.kubernetes.io/component": "mysql" },
    },
    policyTypes: ["Ingress"],
    ingress: [
      { from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": NAMESPACE } } }] },
    ],
  },
};

/** Starts that many of the service's servers at once, on another database of its MariaDB, and waits for all. */
export async function startServersTogether(replicas: number, database: string): Promise<void> {
  const document = parse(await configDocument()) as { databases: { default: object } };
  Object.assign(document.databases.default, { database, connectionLimit: 2 });
  const metadata = { name: NAMESPACE, namespace: NAMESPACE, labels };
  await apply(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } },
    policy,
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { "prisma.yml": JSON.stringify(document) } },
    { ...deploymentLike(await serviceDeployment(), replicas), metadata },
  );
  await rolledOut(`deployment/${NAMESPACE}`, NAMESPACE);
}

/** How often each pod was restarted, and what all of them wrote, line by line. */
export async function looksOfServers(): Promise<{ restarts: number[]; lines: Record<string, unknown>[] }> {
  const pods = await objects("pods", ...ofAll);
  const logs = await kubectl("logs", ...ofAll, "--tail=-1", `--max-log-requests=${pods.length}`);
  return {
    restarts: pods.map(({ status }) => status.containerStatuses[0].restartCount as number),
    lines: logs
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

export async function stopServersTogether(): Promise<void> {
  await kubectl("delete", "networkpolicy", NAMESPACE, "-n", "prisma", "--ignore-not-found");
  await kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--request-timeout=0");
}

/** Pods of the service's container, without what is only in its namespace, and small, so that all of them find room. */
function deploymentLike({ apiVersion, kind, spec: { template } }: any, replicas: number) {
  const { securityContext, containers, volumes: itsVolumes, automountServiceAccountToken } = template.spec;
  const [container] = containers;
  const resources = {
    requests: { cpu: "10m", memory: "64Mi" },
    limits: { cpu: "500m", memory: "192Mi" },
  };
  // Those of the settings have defaults.
  const env = container.env.filter(({ valueFrom }: any) => valueFrom === undefined);
  const volumes = itsVolumes.map((volume: any) => ({
    ...volume,
    ...(volume.secret && { secret: { ...volume.secret, secretName: NAMESPACE } }),
  }));
  const spec = {
    ...{ securityContext, automountServiceAccountToken, volumes },
    containers: [{ ...container, resources, env }],
  };
  return {
    apiVersion,
    kind,
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}
