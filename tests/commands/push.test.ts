import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { targetsOf, withReferences } from "../../commands/push.js";
import { image } from "../../infra/config/values.js";
import { cloudImageNames } from "../../infra/platform.js";

const repository = join(import.meta.dirname, "../..");
const stackFile = (stack: string) => readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8");
const registries = {
  gke: "europe-west1-docker.pkg.dev/acme/slipway",
  eks: "1.dkr.ecr.us-west-2.amazonaws.com/slipway",
};
const on = (cluster: string) => ({
  "slipway:journal": { cluster },
  "slipway:chat": { cluster },
  "slipway:prisma": { cluster },
});

describe("commands/push", () => {
  it("sends each image to the registry of the cluster that its apps run on", () => {
    assert.deepEqual(
      targetsOf(on("eks"), registries),
      cloudImageNames.map((name) => [name, registries.eks]),
    );
    assert.deepEqual(
      targetsOf(on("gke"), registries).map(([, registry]) => registry),
      cloudImageNames.map(() => registries.gke),
    );
  });

  it("sends all of them to one registry when it is told to, and none of an app that the stack leaves out", () => {
    assert.deepEqual(
      targetsOf(on("gke"), {}, "127.0.0.1:5000/a"),
      cloudImageNames.map((name) => [name, "127.0.0.1:5000/a"]),
    );
    assert.deepEqual(targetsOf({}, registries), []);
  });

  it("says which registry is missing, and what makes it", () => {
    assert.throws(() => targetsOf(on("gke"), { eks: registries.eks }), {
      message:
        'image "journal-frontend": expected a registry of cluster "gke", the stack has eks; run "pulumi up" first',
    });
    assert.throws(() => targetsOf(on("nowhere"), registries), /expected its apps on one cluster, got none/);
  });

  for (const stack of ["dev", "prod"]) {
    it(`changes the references in Pulumi.${stack}.yaml and not one other character`, () => {
      const before = stackFile(stack);
      const reference = (name: string) =>
        `${registries.gke}/${name}:v0.1.0-0123456789ab@sha256:${"ab".repeat(32)}`;
      const references = Object.fromEntries(cloudImageNames.map((name) => [name, reference(name)]));
      const after = withReferences(before, references).split("\n");
      const lines = before.split("\n");
      assert.equal(after.length, lines.length);
      assert.deepEqual(
        after.filter((line, index) => line !== lines[index]),
        cloudImageNames.map((name) => `    ${name}: ${reference(name)}`),
      );
      for (const name of cloudImageNames) assert.equal(image.safeParse(reference(name)).success, true);
    });
  }

  it("adds the block of a stack file that names no image yet", () => {
    const before = "config:\n  # A comment.\n  slipway:domain: dev.example.com\n";
    assert.equal(withReferences(before, { redis: "r" }), `${before}  slipway:images:\n    redis: r\n`);
  });
});
