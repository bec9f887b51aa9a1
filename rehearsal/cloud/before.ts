import { join } from "node:path";
import type { Configuration } from "../stack.js";
import { ZONE as ROUTE_53_ZONE } from "./aws/dns.js";
import { ZONE as CLOUD_DNS_ZONE } from "./gcp/dns.js";
import { Quotas } from "./quotas.js";
import { Store, type Existing } from "./store.js";

/** Whether it was there before the stack: nobody deletes it at the end. */
export const wasThereBefore = ({ token }: Existing) => [CLOUD_DNS_ZONE, ROUTE_53_ZONE].includes(token);

/** For as many and as large nodes as the everyday changes ask for; all else keeps to the defaults. */
const ASKED_FOR = { CPUS: 96, "Running On-Demand Standard instances": 32 };

/**
 * Puts into the clouds what the stack's configuration names and the program does not make, zones of DNS, and raises the
 * quotas that people ask the clouds to raise.
 */
export function plantWhatWasThere(folder: string, config: Configuration): void {
  const { project, dnsZone } = (config["slipway:gcp"] ?? {}) as { project?: string; dnsZone?: string };
  const { hostedZone } = (config["slipway:aws"] ?? {}) as { hostedZone?: string };
  const domain = (config["slipway:domain"] ?? "example.com") as string;
  const plant = (cloud: string, token: string, id: string, inputs: { name: string; dnsName?: string }) => {
    const outputs = { ...inputs, nameServers: ["ns-1.example.", "ns-2.example."] };
    new Store(join(folder, cloud)).put({ token, id, inputs, outputs, handles: [id, inputs.name], holds: [] });
  };
  new Quotas(join(folder, "quotas.json")).set(ASKED_FOR);
  if (dnsZone !== undefined) {
    const id = `projects/${project ?? ""}/managedZones/${dnsZone}`;
    plant("gcp", CLOUD_DNS_ZONE, id, { name: dnsZone, dnsName: `${domain}.` });
  }
  if (hostedZone !== undefined) plant("aws", ROUTE_53_ZONE, "Z0123456789REHEARSAL", { name: hostedZone });
}
