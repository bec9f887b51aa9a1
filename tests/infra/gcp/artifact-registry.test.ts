import assert from "node:assert/strict";
import { ArtifactRegistry } from "../../../infra/gcp/artifact-registry.js";
import { only, record, valueOf } from "../../support/program.js";
import { Google, listOf } from "./google.js";

describe("infra/gcp/artifact-registry", () => {
  let registry: ArtifactRegistry;
  const run = () =>
    record(() => {
      const args = { project: "acme-dev", region: "europe-west1", reader: "serviceAccount:nodes" };
      registry = new ArtifactRegistry("registry", args, new Google().opts);
    });

  it("is a repository in which no tag moves, everything is scanned and leftovers go", async () => {
    const resources = await run();
    assert.deepEqual(listOf(resources), [
      "repository:Repository registry",
      "repositoryIamMember:RepositoryIamMember registry",
    ]);
    assert.deepEqual(only(resources, "gcp:artifactregistry/repository:Repository", "registry").inputs, {
      project: "acme-dev",
      location: "europe-west1",
      repositoryId: "slipway",
      format: "DOCKER",
      dockerConfig: { immutableTags: true },
      vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
      cleanupPolicies: [
        {
          id: "delete-untagged",
          action: "DELETE",
          condition: { tagState: "UNTAGGED", olderThan: "2592000s" },
        },
        { id: "keep-recent", action: "KEEP", mostRecentVersions: { keepCount: 50 } },
      ],
      cleanupPolicyDryRun: false,
      labels: { "part-of": "slipway", stack: "test", "managed-by": "pulumi" },
    });
  });

  it("throws away no image that has a tag", async () => {
    const { inputs } = only(await run(), "gcp:artifactregistry/repository:Repository", "registry");
    const deletions = inputs.cleanupPolicies.filter(({ action }: any) => action === "DELETE");
    assert.deepEqual(
      deletions.map(({ condition }: any) => condition.tagState),
      ["UNTAGGED"],
    );
  });

  it("lets the nodes read this repository, and no other of the project", async () => {
    const resources = await run();
    const member = only(
      resources,
      "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
      "registry",
    );
    assert.deepEqual(member.inputs, {
      project: "acme-dev",
      location: "europe-west1",
      repository: "registry-0a1b2c3",
      role: "roles/artifactregistry.reader",
      member: "serviceAccount:nodes",
    });
    assert.deepEqual(
      resources.filter(({ type }) => type.includes("projects/")),
      [],
    );
  });

  it("tells what the images' names begin with", async () => {
    await run();
    assert.equal(await valueOf(registry.host), "europe-west1-docker.pkg.dev/acme-dev/slipway");
  });
});
