import type { V1ObjectMeta } from "@kubernetes/client-node";
import type { Addresses } from "../../cluster/load-balancers.js";
import { hex } from "../rule.js";

/** Auto Mode's load balancers have names; one comes for every Ingress of a class. */
export const eksAddresses: Addresses = {
  ofIngress: ({ metadata, spec }) =>
    spec?.ingressClassName === undefined ? undefined : { hostname: nameOf(metadata) },
  ofService: ({ metadata }) => ({ hostname: nameOf(metadata) }),
};

function nameOf(metadata: V1ObjectMeta | undefined): string {
  const [namespace, name] = [metadata?.namespace ?? "", metadata?.name ?? ""];
  return `k8s-${namespace}-${name}-${hex(`${namespace}/${name}`, 10)}.us-west-2.elb.amazonaws.com`;
}
