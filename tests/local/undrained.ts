import { inPrisma } from "./graphql.js";
import { apply, objects, rolledOut } from "./platform.js";
import { serviceDeployment } from "./prisma-load.js";

/** What the peer is called: its objects, its pods' component and its host. */
export const UNDRAINED = "undrained";

const labels = { "app.kubernetes.io/name": "prisma", "app.kubernetes.io/component": UNDRAINED };
const metadata = { name: UNDRAINED, namespace: "prisma", labels };

/**
 * The GraphQL service's pods as they are, with the same probes, strategy, spread and time to end in, but for their drain,
 * which is the program's own: told to stop, this one ends at once. Names and policies differ since both stand side by side.
 */
export async function startUndrained(): Promise<void> {
  const [ingress] = await objects("ingresses", "-n", "prisma");
  await apply(...policies, deploymentLike(await serviceDeployment()), service, ingressLike(ingress));
  await rolledOut(`deployment/${UNDRAINED}`, "prisma");
}

export const stopUndrained = () =>
  inPrisma(
    "delete",
    "deployment,service,ingress,networkpolicy",
    `--selector=app.kubernetes.io/component=${UNDRAINED}`,
  );

function deploymentLike({ apiVersion, kind, spec }: any) {
  const template = structuredClone(spec.template);
  template.metadata = { labels };
  // They spread apart from each other, and not from the service's.
  for (const constraint of template.spec.topologySpreadConstraints)
    constraint.labelSelector = { matchLabels: labels };
  for (const { podAffinityTerm } of template.spec.affinity.podAntiAffinity
    .preferredDuringSchedulingIgnoredDuringExecution)
    podAffinityTerm.labelSelector = { matchLabels: labels };
  template.spec.containers[0].command = ["/usr/local/bin/node", "-e", NO_HANDLERS];
  return { apiVersion, kind, metadata, spec: { ...spec, selector: { matchLabels: labels }, template } };
}

/** The program itself, which hears of no signal but ends at once, as one does that is not the container's first process. */
const NO_HANDLERS =
  "const on = process.on; on.call(process, 'SIGTERM', () => process.exit(143)); process.once = process.on = function (name, ...rest) { return /^SIG/.test(name) ? this : on.call(this, name, ...rest); }; require('/app/main.cjs');";

const policy = (name: string, spec: object) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { ...metadata, name },
  spec,
});

/** Nothing leads to a pod, or from it to the database, that no policy lets through. */
const policies = [
  policy(UNDRAINED, {
    podSelector: { matchLabels: labels },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{}],
    egress: [{}],
  }),
  policy(`${UNDRAINED}-mysql`, {
    podSelector: { matchLabels: { ...labels, "app.kubernetes.io/component": "mysql" } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ podSelector: { matchLabels: labels } }] }],
  }),
];

const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata,
  spec: { selector: labels, ports: [{ name: "http", port: 4466, targetPort: "http" }] },
};

function ingressLike({ apiVersion, kind, spec }: any) {
  const backend = { service: { name: UNDRAINED, port: { number: 4466 } } };
  const http = { paths: [{ path: "/", pathType: "Prefix", backend }] };
  return {
    apiVersion,
    kind,
    metadata,
    spec: { ingressClassName: spec.ingressClassName, rules: [{ host: `${UNDRAINED}.localhost`, http }] },
  };
}
