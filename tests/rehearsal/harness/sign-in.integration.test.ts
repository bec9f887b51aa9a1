import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installSignIns, programsOf } from "../../../rehearsal/sign-in.js";

const cluster = (name: string) => ({
  name,
  address: "127.0.0.1:1",
  authority: "",
  token: `token-of-${name}`,
});

describe("rehearsal/sign-in, in the place of the clouds' own programs", () => {
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "slipway sign-in "));
    await installSignIns(folder, [cluster("gke"), cluster("eks")]);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (name: string, ...args: string[]) =>
    spawnSync(join(programsOf(folder), name), args, { encoding: "utf8" });

  it("answers with a token of the cluster, in the form that kubeconfigs ask for", () => {
    for (const [name, args] of [
      ["gke-gcloud-auth-plugin", ["--project=acme"]],
      ["aws", ["eks", "get-token", "--cluster-name", "main", "--region", "us-west-2"]],
    ] as const) {
      const { status, stdout } = run(name, ...args);
      assert.equal(status, 0);
      assert.deepEqual(JSON.parse(stdout), {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        kind: "ExecCredential",
        status: { token: `token-of-${name === "aws" ? "eks" : "gke"}` },
      });
    }
  });

  it("refuses anything else that the AWS CLI would do", () => {
    const { status, stderr } = run("aws", "s3", "ls");
    assert.equal(status, 252);
    assert.equal(stderr, "aws: expected eks get-token --cluster-name NAME, got s3 ls\n");
  });

  it("keeps the tokens to their owner", () => {
    assert.equal(statSync(join(folder, "gke.token")).mode & 0o777, 0o600);
  });
});
