import { text, type Rules } from "../rule.js";
import type { Existing } from "../store.js";
import { KEY } from "./keys.js";
import { accountOf, arnOf, common, loosely, regionOf, source } from "./naming.js";

const REPOSITORY = "aws:ecr/repository:Repository";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html: none is empty for long. */
function refuseFull({ id, inputs }: Existing): Promise<void> {
  if (inputs.forceDelete === true) return Promise.resolve();
  throw new Error(
    `RepositoryNotEmptyException: The repository with name '${id}' cannot be deleted because it still contains images`,
  );
}

export const registryRules: Rules = {
  [REPOSITORY]: {
    source: source("ecr", "repository"),
    name: {
      input: "name",
      allowed: {
        form: /^([a-z0-9]+([._-][a-z0-9]+)*\/)*[a-z0-9]+([._-][a-z0-9]+)*$/,
        says: "small letters, digits and . _ - /",
      },
    },
    replacesOn: ["name", "encryptionConfigurations"],
    values: {
      imageTagMutability: ["MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"],
      "encryptionConfigurations.encryptionType": ["AES256", "KMS", "KMS_DSSE"],
    },
    refersTo: { "encryptionConfigurations.kmsKey": loosely(KEY) },
    id: ({ name }) => name,
    deleted: refuseFull,
    outputs: (thing) => ({
      ...common(thing),
      arn: arnOf(thing, "ecr", `repository/${thing.name}`),
      registryId: accountOf(thing),
      repositoryUrl: `${accountOf(thing)}.dkr.ecr.${regionOf(thing)}.amazonaws.com/${thing.name}`,
    }),
  },

  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    source: source("ecr", "lifecycle_policy"),
    replacesOn: ["repository"],
    refersTo: { repository: loosely(REPOSITORY) },
    id: ({ inputs }) => text(inputs, "repository"),
    outputs: (thing) => ({ region: regionOf(thing), registryId: accountOf(thing) }),
  },
};
