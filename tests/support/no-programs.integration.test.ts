import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../shell/paths.js";

/** Each starts a program in another way; the last one takes no notice of the error. */
const ways = ["spawn", "exec", "execFile", "fork", "spawnSync", "execSync", "execFileSync"];
const test = `
import * as childProcess from "node:child_process";
import { execa } from "${import.meta.resolve("execa")}";
for (const name of ${JSON.stringify(ways)}) it(name, () => void childProcess[name]("any"));
it("execa", () => execa("any"));
it("swallows", () => execa("any").catch(() => undefined));
`;

const mocha = join(repository, "node_modules/mocha/lib/cli/cli.js");

describe("tests/support/no-programs", () => {
  for (const [where, ...options] of [["mocha's own process"], ["a worker", "--parallel", "--jobs", "2"]]) {
    it(`fails each test in ${where} that starts a program, however it does`, () => {
      const folder = mkdtempSync(join(tmpdir(), "slipway "));
      try {
        writeFileSync(join(folder, "any.test.mjs"), test);
        const hooks = ["--require", join(repository, "tests/support/no-programs.ts")];
        const { stdout } = spawnSync(
          process.execPath,
          [
            ...["--import", "slipway/typescript", mocha, "--no-config", "--reporter", "json"],
            ...[...options, ...hooks, `${folder}/*.test.mjs`],
          ],
          { cwd: repository, encoding: "utf8" },
        );
        const { failures } = JSON.parse(stdout) as { failures: { title: string; err: Error }[] };
        assert.deepEqual(
          failures.map(({ title }) => title.replace(/.* for /, "")),
          [...ways, "execa", '"swallows"'],
        );
        for (const { title, err } of failures)
          assert.match(err.message, /a unit test starts ".*"; .* integration test: move it to a file/, title);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
