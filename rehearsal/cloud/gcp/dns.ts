import { text, type Rules } from "../rule.js";
import { projectOf, source, withApi } from "./naming.js";

export const ZONE = "gcp:dns/managedZone:ManagedZone";

export const dnsRules: Rules = {
  [ZONE]: withApi("dns", {
    source: source("dns", "dns_managed_zone"),
    name: {
      input: "name",
      allowed: { form: /^[a-z][a-z0-9-]{0,62}$/, says: "a letter, then small letters, digits and hyphens" },
    },
    replacesOn: ["name", "project", "dnsName", "visibility"],
    id: (thing) => `projects/${projectOf(thing)}/managedZones/${thing.name}`,
    outputs: (thing) => ({ project: projectOf(thing), nameServers: ["ns-1.example.", "ns-2.example."] }),
  }),

  "gcp:dns/recordSet:RecordSet": withApi("dns", {
    source: source("dns", "dns_record_set"),
    name: {
      input: "name",
      allowed: { form: /^(\*\.)?([a-z0-9_-]+\.)+$/, says: "a name with a dot at its end" },
      required: true,
    },
    replacesOn: ["name", "project", "managedZone", "type"],
    refersTo: { managedZone: { to: [ZONE] } },
    complaints: ({ inputs, name, cloud }) => {
      const zone = text(cloud.store.named(ZONE, text(inputs, "managedZone"))?.inputs ?? {}, "dnsName");
      return name.endsWith(`.${zone}`) || name === zone ? [] : [`"${name}" is not in the zone "${zone}"`];
    },
    id: (thing) =>
      `projects/${projectOf(thing)}/managedZones/${text(thing.inputs, "managedZone")}/rrsets/${thing.name}/${text(thing.inputs, "type")}`,
    outputs: (thing) => ({ project: projectOf(thing) }),
  }),
};
