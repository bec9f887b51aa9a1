import { text, type Invokes, type Rules } from "../rule.js";
import { accessRules } from "./access.js";
import { clusterRules } from "./cluster.js";
import { dnsRules, ZONE } from "./dns.js";
import { identityRules } from "./identity.js";
import { keyRules } from "./keys.js";
import { logRules } from "./logs.js";
import { accountOf, iamArnOf } from "./naming.js";
import { networkRules } from "./network.js";
import { nodeGroupRules } from "./node-group.js";
import { registryRules } from "./registry.js";

/** Every type of resource of Amazon Web Services that is simulated. */
export const awsRules: Rules = {
  ...accessRules,
  ...clusterRules,
  ...dnsRules,
  ...identityRules,
  ...keyRules,
  ...logRules,
  ...networkRules,
  ...nodeGroupRules,
  ...registryRules,
};

export const awsInvokes: Invokes = {
  "aws:index/getPartition:getPartition": () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com" }),

  "aws:index/getCallerIdentity:getCallerIdentity": (inputs, config) => ({
    id: accountOf({ config }),
    accountId: accountOf({ config }),
    arn: iamArnOf({ inputs, config }, "user/rehearsal"),
    userId: "AIDAREHEARSAL",
  }),

  "aws:route53/getZone:getZone": (args, _config, { store }) => {
    const wanted = text(args, "name").replace(/\.$/, "");
    const zone = store.all().find(({ token, inputs }) => token === ZONE && inputs.name === wanted);
    if (!zone) throw new Error(`no matching Route 53 hosted zone found for "${wanted}"`);
    return { ...zone.outputs, id: zone.id, zoneId: zone.id, privateZone: false };
  },
};
