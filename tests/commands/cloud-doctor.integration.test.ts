import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diagnoseBlocks, diagnoseStack } from "../../commands/cloud-doctor.js";
import { UserError } from "../../shell/errors.js";
import { committedConfig } from "../support/stacks.js";

/** What stands in for each program: the lines of a script; one that is undefined is not there. */
type Programs = Readonly<Record<string, string | undefined>>;

const token = "ya29.a-token-of-the-person";
const healthy: Programs = {
  pulumi: "echo v3.245.0",
  gcloud: `[ "$1" = --version ] && echo "Google Cloud SDK 550.0.0" || echo ${token}`,
  "gke-gcloud-auth-plugin": "echo Kubernetes v1.30.0-alpha+a1b2c3",
  aws: "echo aws-cli/2.31.2 Python/3.13.7",
};
const both = { "slipway:gcp": {}, "slipway:aws": {} };

/** The findings on a machine whose only programs are these. */
async function diagnoseWith(programs: Programs, blocks: Record<string, unknown> = both) {
  const folder = mkdtempSync(join(tmpdir(), "cloud-doctor-"));
  const path = process.env.PATH;
  try {
    for (const [name, script] of Object.entries(programs)) {
      if (script === undefined) continue;
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    process.env.PATH = folder;
    return await diagnoseBlocks(blocks);
  } finally {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  }
}

/** What is wrong with a machine, what is said of it, and the repair. */
const sick: Record<string, { change: Programs; title: string; repair: RegExp }> = {
  "has no Pulumi": {
    change: { pulumi: undefined },
    title: "pulumi: not found, or it does not answer",
    repair: /^install Pulumi 3\.245/,
  },
  "has a Pulumi older than the program's SDK": {
    change: { pulumi: "echo v3.99.0" },
    title: "pulumi: 3.99.0, 3.245.0 needed",
    repair: /^install Pulumi 3\.245/,
  },
  "has a Pulumi that tells no version": {
    change: { pulumi: "echo dev" },
    title: "pulumi: of an unknown version, 3.245.0 needed",
    repair: /^install Pulumi 3\.245/,
  },
  "has a gcloud that does not work": {
    change: { gcloud: "[ $1 = auth ]" },
    title: "gcloud: not found, or it does not answer",
    repair: /^install the Google Cloud CLI/,
  },
  "lacks the plugin by which a kubeconfig signs in to GKE": {
    change: { "gke-gcloud-auth-plugin": undefined },
    title: "gke-gcloud-auth-plugin: not found, or it does not answer",
    repair: /^gcloud components install gke-gcloud-auth-plugin$/,
  },
  "is signed in to gcloud, but not for other programs": {
    change: { gcloud: '[ "$2" != application-default ] && echo Google Cloud SDK 550.0.0' },
    title: "Google Cloud, the program: not signed in",
    repair: /^gcloud auth application-default login$/,
  },
  "is signed in for other programs, but not to gcloud": {
    change: { gcloud: '[ "$2" != print-access-token ] && echo Google Cloud SDK 550.0.0' },
    title: "Google Cloud, the kubeconfig: not signed in",
    repair: /^gcloud auth login$/,
  },
  "has an AWS CLI of the first kind": {
    change: { aws: "echo aws-cli/1.44.0 Python/3.13.7" },
    title: "aws: 1.44.0, 2.0.0 needed",
    repair: /^install the AWS CLI 2/,
  },
  "is not signed in to AWS": {
    change: { aws: "[ $1 = --version ] && echo aws-cli/2.31.2" },
    title: "AWS: not signed in",
    repair: /^aws sso login/,
  },
};

describe("commands/cloud-doctor", () => {
  it("finds nothing wrong with a machine that has all of it, and prints no token", async () => {
    const findings = await diagnoseWith(healthy);
    assert.deepEqual(
      findings.map(({ title, ok }) => [title, ok]),
      [
        ["pulumi: 3.245.0", true],
        ["gcloud: 550.0.0", true],
        ["gke-gcloud-auth-plugin: 1.30.0", true],
        ["Google Cloud, the program: signed in", true],
        ["Google Cloud, the kubeconfig: signed in", true],
        ["aws: 2.31.2", true],
        ["AWS: signed in", true],
      ],
    );
    assert.equal(JSON.stringify(findings).includes(token), false);
  });

  for (const [what, { change, title, repair }] of Object.entries(sick))
    it(`names the repair of a machine that ${what}`, async () => {
      const [problem, ...others] = (await diagnoseWith({ ...healthy, ...change })).filter(({ ok }) => !ok);
      assert.deepEqual(others, []);
      assert.ok(problem);
      assert.equal(problem.title, title);
      assert.match(problem.repair ?? "", repair);
    });

  it("asks for nothing of a cloud that the stack does not use", async () => {
    const findings = await diagnoseWith({ pulumi: "echo v3.245.0" }, {});
    assert.deepEqual(
      findings.map(({ title }) => title),
      ["pulumi: 3.245.0"],
    );
  });

  it("knows the blocks by which the committed stack files name their clouds", () => {
    for (const stack of ["dev", "prod"])
      for (const block of Object.keys(both)) assert.ok(block in committedConfig(stack), `${stack}: ${block}`);
  });

  it("refuses a stack of which there is no file, and the local one", async () => {
    for (const stack of ["nowhere", "local", "../dev"]) {
      const refused = (error: unknown) =>
        error instanceof UserError && error.message.includes(`got "${stack}"`);
      await assert.rejects(diagnoseStack(stack), refused);
    }
  });
});
