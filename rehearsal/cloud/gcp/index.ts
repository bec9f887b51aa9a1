import { text, type Invokes, type Rules } from "../rule.js";
import { clusterRules } from "./cluster.js";
import { databaseRules } from "./database.js";
import { dnsRules, ZONE } from "./dns.js";
import { identityRules } from "./identity.js";
import { keyRules } from "./keys.js";
import { numberOf, projectOf } from "./naming.js";
import { networkRules } from "./network.js";
import { privateServiceRules } from "./private-services.js";
import { registryRules } from "./registry.js";

/** Every type of resource of Google Cloud that is simulated. */
export const gcpRules: Rules = {
  ...clusterRules,
  ...databaseRules,
  ...dnsRules,
  ...identityRules,
  ...keyRules,
  ...networkRules,
  ...privateServiceRules,
  ...registryRules,
};

export const gcpInvokes: Invokes = {
  "gcp:organizations/getProject:getProject": (args, config) => {
    const projectId = text(args, "projectId") || projectOf({ inputs: args, config });
    return { id: `projects/${projectId}`, projectId, name: projectId, number: numberOf(projectId) };
  },

  "gcp:dns/getManagedZone:getManagedZone": (args, config, { store }) => {
    const zone = store.named(ZONE, text(args, "name"));
    if (!zone) throw new Error(`Error 404: the managed zone "${text(args, "name")}" was not found`);
    return { ...zone.outputs, id: zone.id, project: projectOf({ inputs: args, config }) };
  },
};
