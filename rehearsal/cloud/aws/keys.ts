import { randomUUID } from "node:crypto";
import { text, type Cloud, type Rules } from "../rule.js";
import { arnOf, common, firmly, source } from "./naming.js";

export const KEY = "aws:kms/key:Key";

/** Whether the key's own policy names the service. */
export function mayUse({ store }: Cloud, key: string, service: string): boolean {
  const policy = text(store.named(KEY, key)?.inputs ?? {}, "policy") || "{}";
  const { Statement = [] } = JSON.parse(policy) as {
    Statement?: { Principal?: { Service?: string | string[] } }[];
  };
  return Statement.some(({ Principal }) => [Principal?.Service ?? []].flat().includes(service));
}

export const keyRules: Rules = {
  [KEY]: {
    source: source("kms", "key"),
    replacesOn: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
    values: {
      deletionWindowInDays: Array.from({ length: 24 }, (_, index) => index + 7),
      keyUsage: ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC"],
      policy: { form: /^\s*\{[^]{0,32768}$/, says: "a policy of 32 KiB at most" },
    },
    id: () => randomUUID(),
    outputs: (thing) => ({ ...common(thing), keyId: thing.id, arn: arnOf(thing, "kms", `key/${thing.id}`) }),
    remains: () => "the key goes after its deletion window, days later",
  },

  "aws:kms/alias:Alias": {
    source: source("kms", "alias"),
    name: {
      input: "name",
      allowed: { form: /^alias\/(?!aws\/)[\w/-]{1,250}$/, says: '"alias/" and a name' },
    },
    replacesOn: ["name", "namePrefix"],
    refersTo: { targetKeyId: firmly(KEY) },
    id: ({ name }) => name,
    outputs: (thing) => ({
      region: common(thing).region,
      arn: arnOf(thing, "kms", thing.name),
      targetKeyArn: arnOf(thing, "kms", `key/${text(thing.inputs, "targetKeyId")}`),
    }),
  },
};
