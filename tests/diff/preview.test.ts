import assert from "node:assert/strict";
import { execa } from "execa";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackReport } from "../../preview/report.js";
import { repository } from "../../shell/paths.js";

describe("npm run preview, by the real engine,", () => {
  let folder: string;
  let exitCode: number | undefined;
  let said: string;
  let report: StackReport;
  let markdown: string;

  const preview = (...args: string[]) =>
    execa("npm", ["run", "preview", "--", ...args], { cwd: repository, all: true, reject: false });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-preview-test-"));
    const files = ["--json", join(folder, "json"), "--markdown", join(folder, "markdown")];
    const run = await preview("dev", "--fail-on-risk", ...files);
    ({ exitCode, all: said } = run);
    report = JSON.parse(await readFile(join(folder, "json"), "utf8")) as StackReport;
    markdown = await readFile(join(folder, "markdown"), "utf8");
  });

  after(() => rm(folder, { recursive: true }));

  it("ends with 0, since a first deployment loses nothing", () => {
    assert.equal(report.failure, undefined, said);
    assert.equal(exitCode, 0, said);
    assert.deepEqual(
      report.changes.filter(({ action, risks }) => action !== "create" || risks.length > 0),
      [],
    );
    assert.equal(report.unchanged, 0);
  });

  it("tells in Markdown how many resources there will be, and each by its name", () => {
    const count = report.changes.length;
    assert.ok(count > 150, `only ${count} resources`);
    const [head = "", line = "", row = ""] = markdown.split("\n");
    assert.match(
      head,
      /^\| stack \| against \| created \| changed \| REPLACED \| deleted \| unchanged \| risky \|$/,
    );
    assert.match(line, /^[| :-]+$/);
    assert.equal(row, `| dev | nothing | ${count} | 0 | 0 | 0 | 0 | 0 |`);
    const told = markdown.split("\n").filter((one) => /^- `[^`]+` `[^`]+`$/.test(one));
    assert.equal(told.length, count);
    for (const resource of [
      "- `gcp:container:Cluster` `gcp-gke`",
      "- `aws:eks:NodeGroup` `aws-eks-nodes`",
      "- `kubernetes:apps/v1:Deployment` `journal-frontend`",
    ]) {
      assert.ok(told.includes(resource), `no line ${resource}:\n${markdown.slice(0, 2000)}`);
    }
  });

  it("ends with 1 for a stack that there is none of, and says which there are", async () => {
    const { exitCode: code, all } = await preview("staging");
    assert.equal(code, 1);
    assert.match(all, /expected a stack with a file Pulumi\.<stack>\.yaml, "dev" or "prod", got "staging"/);
  });
});
