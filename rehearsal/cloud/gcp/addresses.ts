import type { Addresses } from "../../cluster/load-balancers.js";
import { text } from "../rule.js";
import type { Store } from "../store.js";
import { ADDRESS, GLOBAL_ADDRESS } from "./network.js";

const STATIC_IP = "kubernetes.io/ingress.global-static-ip-name";

/** GKE's load balancers stand on reserved addresses; one that is named and not there leaves the entry without. */
export function gkeAddresses(store: Store): Addresses {
  return {
    ofIngress({ metadata }) {
      const name = metadata?.annotations?.[STATIC_IP];
      if (metadata?.annotations?.["kubernetes.io/ingress.class"] !== "gce") return undefined;
      if (name === undefined) return { ip: "203.0.113.1" };
      const reserved = store.named(GLOBAL_ADDRESS, name);
      return reserved && { ip: text(reserved.outputs, "address") };
    },

    ofService({ spec }) {
      const ip = spec?.loadBalancerIP;
      if (ip === undefined) return { ip: "203.0.113.2" };
      const reserved = store.all().some(({ token, outputs }) => token === ADDRESS && outputs.address === ip);
      return reserved ? { ip } : undefined;
    },
  };
}
