import { awaitAddress } from "../../../infra/k8s/await.js";
import { type Registered, ofKind } from "../program.js";
import { type Rule, type StackRule, titleOf, workloadsOf } from "./workloads.js";

/**
 * Every object goes to its own cluster: an app's to that which the stack file places the app on, a cloud's to the
 * cloud's. Never to another one, and never to whatever the ambient kubeconfig points to.
 */
export const objectsHaveOurProvider: StackRule = (resources, config) => {
  const components = new Map(resources.map((resource) => [resource.urn, resource]));
  const rootOf = (resource: Registered): Registered => {
    const parent = components.get(resource.parent);
    return parent ? rootOf(parent) : resource;
  };
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .flatMap((resource) => {
      const { type, name, provider } = resource;
      const [, cluster] = /\$pulumi:providers:kubernetes::([^:]+)::/.exec(provider) ?? [];
      if (cluster === undefined) return [`${type} ${name}: goes to the ambient kubeconfig`];
      const root = rootOf(resource);
      const own = clusterOfCloud[root.type] ?? config[`slipway:${root.name}`]?.cluster;
      return cluster === own
        ? []
        : [`${type} ${name}: goes to ${cluster}, and not to ${own ?? "any of ours"}`];
    });
};

const clusterOfCloud: Readonly<Record<string, string>> = {
  "slipway:gcp:GoogleCloud": "gke",
  "slipway:aws:AmazonWebServices": "eks",
  "slipway:local:LocalCluster": "local",
};

/** Every resource belongs to a component, so that the tree of a stack shows what is whose. */
export const resourcesHaveParents: Rule = (resources) =>
  resources
    .filter(({ type, parent }) => !type.startsWith("slipway:") && parent === "")
    .map(({ name, type }) => `${type} ${name}: has no parent`);

/** Nothing has been released under another name yet. */
export const nothingIsRenamed: Rule = (resources) =>
  resources.flatMap(({ urn, aliases }) => aliases.map((alias) => `${urn}: was ${alias}`));

/** Server-side apply shares an object's fields: two who want the same one are told, and neither takes it by force. */
export const noFieldIsForced: Rule = (resources) =>
  resources
    .filter(({ inputs }) => inputs.metadata?.annotations?.["pulumi.com/patchForce"] !== undefined)
    .map((resource) => `${titleOf(resource)}: takes fields from others`);

const WAIT_FOR = "pulumi.com/waitFor";

/**
 * Waiting ends: not at all for what never reports, for a load balancer's address within minutes, and for pods with
 * Kubernetes' reason before the engine's timeout.
 */
export const awaitsEnd: Rule = (resources) => {
  const skips = ({ metadata }: any) => metadata.annotations?.["pulumi.com/skipAwait"] === "true";
  return [
    ...[...ofKind(resources, "Service"), ...ofKind(resources, "Ingress")]
      .filter((resource) => !skips(resource.inputs) && !awaitsAddress(resource))
      .map((resource) => `${titleOf(resource)}: may be waited for in vain`),
    ...resources
      .filter((resource) => resource.inputs.metadata?.annotations?.[WAIT_FOR] && !awaitsAddress(resource))
      .map((resource) => `${titleOf(resource)}: waits for something of its own, or without an end`),
    ...workloadsOf(resources).flatMap(({ title, spec, resource }) => [
      ...(skips(resource.inputs) ? [`${title}: is not waited for`] : []),
      ...(["create", "update"] as const)
        .filter(
          (action) =>
            !(
              seconds(resource.timeouts[action]) >
              (spec.progressDeadlineSeconds ?? spec.activeDeadlineSeconds ?? 0)
            ),
        )
        .map(
          (action) =>
            `${title}: ${action} ends after "${resource.timeouts[action]}", before its own deadline`,
        ),
    ]),
  ];
};

/** Whether it is an Ingress that waits for what infra/k8s/await.ts says, and not for ever. */
function awaitsAddress({ inputs, timeouts }: Registered): boolean {
  return (
    inputs.kind === "Ingress" &&
    inputs.metadata.annotations?.[WAIT_FOR] === awaitAddress[WAIT_FOR] &&
    (["create", "update", "delete"] as const).every((action) => seconds(timeouts[action]) > 0)
  );
}

function seconds(duration: string): number {
  const [, number = "0", unit = ""] = /^(\d+)([smh])$/.exec(duration) ?? [];
  return Number(number) * (({ s: 1, m: 60, h: 3600 } as Record<string, number>)[unit] ?? NaN);
}

/** What a component is handed stands in the state with those that it makes of it: a second copy was half of the state. */
export const componentsKeepNoArguments: Rule = (resources) =>
  resources
    .filter(({ type, inputs }) => type.startsWith("slipway:") && Object.keys(inputs).length > 0)
    .map(({ type, name, inputs }) => `${type} ${name}: keeps ${Object.keys(inputs).join(", ")}`);
