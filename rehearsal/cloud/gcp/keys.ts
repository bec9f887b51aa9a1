import { text, type Rules } from "../rule.js";
import { projectOf, source, withApi } from "./naming.js";

const KEY_RING = "gcp:kms/keyRing:KeyRing";
const CRYPTO_KEY = "gcp:kms/cryptoKey:CryptoKey";
export const CRYPTO_KEY_MEMBER = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember";

const named = {
  input: "name",
  allowed: { form: /^[a-zA-Z0-9_-]{1,63}$/, says: "letters, digits, _ and -, 63 at most" },
};

export const keyRules: Rules = {
  [KEY_RING]: withApi("cloudkms", {
    source: source("kms", "kms_key_ring"),
    name: named,
    replacesOn: ["name", "project", "location"],
    id: (thing) =>
      `projects/${projectOf(thing)}/locations/${text(thing.inputs, "location")}/keyRings/${thing.name}`,
    outputs: (thing) => ({ project: projectOf(thing) }),
    remains: () => "Google deletes no key ring, its name stays taken",
  }),

  [CRYPTO_KEY]: {
    source: source("kms", "kms_crypto_key"),
    name: named,
    replacesOn: [
      "name",
      "keyRing",
      "purpose",
      "destroyScheduledDuration",
      "importOnly",
      "skipInitialVersionCreation",
    ],
    values: {
      purpose: ["ENCRYPT_DECRYPT", "ASYMMETRIC_SIGN", "ASYMMETRIC_DECRYPT", "MAC"],
      rotationPeriod: { form: /^\d+(\.\d+)?s$/, says: "seconds with an s behind them" },
    },
    refersTo: { keyRing: { to: [KEY_RING] } },
    complaints: ({ inputs }) =>
      text(inputs, "rotationPeriod") !== "" && Number.parseInt(text(inputs, "rotationPeriod")) < 86_400
        ? ["rotationPeriod is less than a day"]
        : [],
    id: ({ inputs, name }) => `${text(inputs, "keyRing")}/cryptoKeys/${name}`,
    remains: () => "Google destroys a key's versions and keeps its name",
  },

  [CRYPTO_KEY_MEMBER]: {
    source: source("kms", "kms_crypto_key"),
    replacesOn: ["cryptoKeyId", "role", "member", "condition"],
    refersTo: { cryptoKeyId: { to: [CRYPTO_KEY] } },
    id: ({ inputs }) => ["cryptoKeyId", "role", "member"].map((part) => text(inputs, part)).join("/"),
    outputs: ({ id }) => ({ etag: id.length.toString(36) }),
  },
};
