import type { Zones } from "../../cluster/auto-nodes.js";
import { block, text } from "../rule.js";
import type { Store } from "../store.js";
import { CLUSTER } from "./cluster-names.js";
import { SUBNET } from "./network.js";

/** Where Auto Mode makes nodes: in the subnets of the cluster, if it is on. */
export function autoModeZones(store: Store): Zones {
  return () => {
    const cluster = store
      .all()
      .find(({ token, inputs }) => token === CLUSTER && block(inputs, "computeConfig").enabled === true);
    const subnets = (block(cluster?.inputs ?? {}, "vpcConfig").subnetIds ?? []) as string[];
    return subnets.map((id) => text(store.named(SUBNET, id)?.inputs ?? {}, "availabilityZone"));
  };
}
