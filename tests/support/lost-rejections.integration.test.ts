import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../shell/paths.js";

const test = `it("loses an error", async () => {
  void Promise.reject(new Error("lost"));
  await new Promise((done) => setImmediate(done));
});`;

describe("tests/support/lost-rejections", () => {
  it("fails a test that leaves a rejection to nobody, in every file of a worker", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway "));
    try {
      for (const name of ["a", "b", "c"]) writeFileSync(join(folder, `${name}.test.mjs`), test);
      const mocha = join(repository, "node_modules/mocha/lib/cli/cli.js");
      const options = ["--no-config", "--parallel", "--jobs", "2", "--reporter", "json"];
      const hooks = ["--require", join(repository, "tests/support/lost-rejections.ts")];
      const { stdout } = spawnSync(
        process.execPath,
        ["--import", "slipway/typescript", mocha, ...options, ...hooks, `${folder}/*.test.mjs`],
        { cwd: repository, encoding: "utf8" },
      );
      const { passes, failures } = JSON.parse(stdout) as { passes: unknown[]; failures: { err: Error }[] };
      assert.deepEqual(passes, []);
      // Mocha tells of each a second time, when the test ends all the same.
      assert.equal(failures.filter(({ err }) => err.message === "lost").length, 3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
