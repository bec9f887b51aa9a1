import assert from "node:assert/strict";
import { execa } from "execa";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackReport } from "../../preview/report.js";
import { repository } from "../../shell/paths.js";

const CANARY = "Canary0that0nobody0may0ever0see00";
const STACK = "dev";
const DATABASE = "update gcp:sql/databaseInstance:DatabaseInstance gcp-mysql";

describe("npm run diff, by the real engine,", () => {
  let folder: string;
  let said: string;
  let exitCode: number | undefined;
  let report: StackReport;
  let markdown: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-diff-test-"));
    const base = await commitOf((stackFile) =>
      edited(stackFile, [
        [/journalEntries: \d+/, "journalEntries: 3"],
        [/highlyAvailable: false/, "highlyAvailable: true"],
        [/config:\n/, `config:\n  slipway:redisPassword: ${CANARY}\n`],
      ]),
    );
    const files = ["--json", join(folder, "json"), "--markdown", join(folder, "markdown")];
    const run = await execa("npm", ["run", "diff", "--", STACK, base, "--fail-on-risk", ...files], {
      cwd: repository,
      all: true,
      reject: false,
    });
    said = run.all;
    exitCode = run.exitCode;
    report = JSON.parse(await readFile(join(folder, "json"), "utf8")) as StackReport;
    markdown = await readFile(join(folder, "markdown"), "utf8");
  });

  after(() => rm(folder, { recursive: true }));

  /** A commit that no branch has: this working tree, but with another stack file. */
  async function commitOf(change: (stackFile: string) => string): Promise<string> {
    const env = { GIT_INDEX_FILE: join(folder, "index") };
    const git = async (args: string[], input = "") =>
      (await execa("git", args, { cwd: repository, env, input })).stdout;
    await git(["add", "--all"]);
    const file = `Pulumi.${STACK}.yaml`;
    const blob = await git(
      ["hash-object", "-w", "--stdin"],
      change(await readFile(join(repository, file), "utf8")),
    );
    await git(["update-index", "--cacheinfo", `100644,${blob},${file}`]);
    const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    return await git([...author, "commit-tree", await git(["write-tree"]), "-m", "the base of a diff"]);
  }

  it("tells exactly what would change", () => {
    assert.equal(report.failure, undefined);
    assert.deepEqual(report.changes.map(({ action, type, name }) => `${action} ${type} ${name}`).sort(), [
      "create random:index/randomPassword:RandomPassword journal-redis-password",
      "replace kubernetes:core/v1:ConfigMap journal-frontend-config",
      "replace kubernetes:core/v1:Secret journal-redis",
      DATABASE,
      "update kubernetes:apps/v1:Deployment journal-frontend",
      "update kubernetes:apps/v1:StatefulSet journal-redis",
    ]);
  });

  it("puts what could stop service on top, and ends with another code for it when asked to", () => {
    assert.equal(exitCode, 3);
    const risky = report.changes.filter(({ risks }) => risks.length > 0);
    assert.deepEqual(
      risky.map(({ action, type, name }) => `${action} ${type} ${name}`),
      [DATABASE],
    );
    for (const text of [said, markdown]) {
      assert.ok(text.indexOf("gcp-mysql") < text.indexOf("journal-frontend-config"), text);
    }
  });

  it("shows that a secret changes, and neither its old value nor its new one", () => {
    const secret = report.changes.find(({ type }) => type.endsWith(":Secret"));
    assert.ok(secret && secret.properties.length > 0);
    for (const text of [said, JSON.stringify(report), markdown]) assert.ok(!text.includes(CANARY));
  });
});

function edited(text: string, edits: readonly (readonly [RegExp, string])[]): string {
  return edits.reduce((before, [pattern, replacement]) => {
    assert.match(before, pattern);
    return before.replace(pattern, replacement);
  }, text);
}
