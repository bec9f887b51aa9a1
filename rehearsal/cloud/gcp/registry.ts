import { text, type Rules } from "../rule.js";
import { memberRule } from "./identity.js";
import { projectOf, shortName, source, withApi } from "./naming.js";

const REPOSITORY = "gcp:artifactregistry/repository:Repository";

/** A repository goes with its images: https://cloud.google.com/artifact-registry/docs/repositories/delete-repo */
export const registryRules: Rules = {
  [REPOSITORY]: withApi("artifactregistry", {
    source: source("artifactregistry", "artifact_registry_repository"),
    name: { input: "repositoryId", allowed: shortName(63), required: true },
    replacesOn: ["repositoryId", "project", "location", "format", "kmsKeyName", "mode"],
    values: {
      format: ["DOCKER", "NPM", "MAVEN", "PYTHON", "GENERIC"],
      "cleanupPolicies.action": ["DELETE", "KEEP"],
      "cleanupPolicies.condition.tagState": ["TAGGED", "UNTAGGED", "ANY"],
      "vulnerabilityScanningConfig.enablementConfig": ["INHERITED", "DISABLED"],
    },
    id: (thing) =>
      `projects/${projectOf(thing)}/locations/${text(thing.inputs, "location")}/repositories/${thing.name}`,
    outputs: (thing) => ({
      project: projectOf(thing),
      name: thing.name,
      registryUri: `${text(thing.inputs, "location")}-docker.pkg.dev/${projectOf(thing)}/${thing.name}`,
    }),
  }),

  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": memberRule(
    "artifactregistry",
    "artifact_registry_repository",
    ["project", "location", "repository"],
    { repository: { to: [REPOSITORY] } },
  ),
};
