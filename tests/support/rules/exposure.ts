import { isDeepStrictEqual } from "node:util";
import { type Registered, ofKind } from "../program.js";
import { type Rule, titleOf } from "./workloads.js";

const EVERYBODY = "0.0.0.0/0";
const RIGHTS = ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"];

const isLoadBalancer = ({ inputs }: Registered) => inputs.spec.type === "LoadBalancer";
const areTogether = (one: Registered, other: Registered) =>
  one.inputs.metadata.namespace === other.inputs.metadata.namespace;

/** No pod of ours asks the Kubernetes API for anything, so nobody gets a right in the cluster. */
export const nobodyGetsRights: Rule = (resources) =>
  RIGHTS.flatMap((kind) => ofKind(resources, kind)).map((resource) => `${titleOf(resource)}: gives rights`);

/** A Service is inside the cluster, or stands on an address that is reserved for it. */
export const servicesOpenNoNode: Rule = (resources) =>
  ofKind(resources, "Service").flatMap((service) => {
    const { type = "ClusterIP", loadBalancerIP } = service.inputs.spec;
    return [
      ...(["ClusterIP", "LoadBalancer"].includes(type) ? [] : [`${titleOf(service)}: is of type ${type}`]),
      ...(isLoadBalancer(service) && loadBalancerIP === undefined
        ? [`${titleOf(service)}: has an address that nobody reserved`]
        : []),
    ];
  });

/** A namespace has room for its load balancers, and for no other. */
export const loadBalancersAreCounted: Rule = (resources) =>
  ofKind(resources, "ResourceQuota").flatMap((quota) => {
    const own = ofKind(resources, "Service").filter(isLoadBalancer);
    const count = String(own.filter((service) => areTogether(service, quota)).length);
    const { hard } = quota.inputs.spec;
    return ["services.loadbalancers", "services.nodeports"]
      .filter((key) => hard[key] !== count)
      .map((key) => `${titleOf(quota)}: has room for ${hard[key]} of ${key}, there are ${count}`);
  });

/** Everybody is let in to the pods behind a load balancer, where packets keep their sender, and to no others. */
export const worldIsLetInByLoadBalancers: Rule = (resources) => {
  const open = ofKind(resources, "NetworkPolicy").filter(({ inputs }) =>
    (inputs.spec.ingress ?? []).some(({ from }: any) =>
      from.some((peer: any) => peer.ipBlock?.cidr === EVERYBODY),
    ),
  );
  const balanced = ofKind(resources, "Service").filter(isLoadBalancer);
  const isFor = (policy: Registered, service: Registered) =>
    areTogether(policy, service) &&
    isDeepStrictEqual(policy.inputs.spec.podSelector.matchLabels, service.inputs.spec.selector);
  return [
    ...open
      .filter((policy) => !balanced.some((service) => isFor(policy, service)))
      .map((policy) => `${titleOf(policy)}: lets in everybody`),
    ...balanced
      .filter((service) => !open.some((policy) => isFor(policy, service)))
      .map((service) => `${titleOf(service)}: leads to pods that let nobody in`),
  ];
};
