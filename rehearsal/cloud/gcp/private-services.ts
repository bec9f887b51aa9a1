import { block, text, type Cloud, type Rules } from "../rule.js";
import type { Existing } from "../store.js";
import { source, withApi } from "./naming.js";
import { GLOBAL_ADDRESS, NETWORK, networkOf } from "./network.js";

export const CONNECTION = "gcp:servicenetworking/connection:Connection";

/** https://github.com/hashicorp/terraform-provider-google/issues/18834: a service that is connected keeps its connection. */
function refuseConnected({ inputs }: Existing, cloud: Cloud): Promise<void> {
  const connected = cloud.store.all().filter((other) => {
    const network = text(block(block(other.inputs, "settings"), "ipConfiguration"), "privateNetwork");
    return (
      network !== "" && networkOf({ inputs: other.inputs, cloud }, network) === networkOf({ inputs, cloud })
    );
  });
  if (inputs.deletionPolicy === "ABANDON" || connected.length === 0) return Promise.resolve();
  const users = connected.map(({ id }) => id).join(", ");
  throw new Error(
    `Error code 9, message: Failed to delete connection; Producer services (e.g. CloudSQL, Cloud Memstore, etc.) are still using this connection. (${users})`,
  );
}

/** The way from a network to services that Google runs in one of its own. */
export const privateServiceRules: Rules = {
  [CONNECTION]: withApi("servicenetworking", {
    source: source("servicenetworking", "service_networking_connection"),
    replacesOn: ["network", "service"],
    refersTo: { network: { to: [NETWORK] }, reservedPeeringRanges: { to: [GLOBAL_ADDRESS], holds: false } },
    adopts: () => true,
    id: ({ inputs }) => `${encodeURIComponent(text(inputs, "network"))}:${text(inputs, "service")}`,
    outputs: ({ inputs }) => ({ peering: text(inputs, "service").replaceAll(".", "-") }),
    remains: ({ deletionPolicy }) =>
      deletionPolicy === "ABANDON" ? "the connection was abandoned, it goes with its network" : undefined,
    deleted: refuseConnected,
  }),
};
