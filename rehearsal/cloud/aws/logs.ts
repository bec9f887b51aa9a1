import { text, type Rules, type Thing } from "../rule.js";
import { arnOf, common, loosely, regionOf, source } from "./naming.js";
import { KEY, mayUse } from "./keys.js";

export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const DAYS = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function complaints(thing: Thing): string[] {
  const key = text(thing.inputs, "kmsKeyId");
  if (key === "" || mayUse(thing.cloud, key, `logs.${regionOf(thing)}.amazonaws.com`)) return [];
  return [`the key ${key} does not exist or is not allowed to be used`];
}

export const logRules: Rules = {
  [LOG_GROUP]: {
    source: source("logs", "group"),
    name: { input: "name", allowed: { form: /^[\w./#-]{1,512}$/, says: "letters, digits and . _ / # -" } },
    replacesOn: ["name", "namePrefix", "logGroupClass"],
    values: { retentionInDays: DAYS, logGroupClass: ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"] },
    refersTo: { kmsKeyId: loosely(KEY) },
    complaints,
    id: ({ name }) => name,
    outputs: (thing) => ({ ...common(thing), arn: arnOf(thing, "logs", `log-group:${thing.name}`) }),
  },
};
