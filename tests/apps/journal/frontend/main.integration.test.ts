import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../../..");

describe("apps/journal/frontend main", () => {
  it("tells in one line of the log, like all that it tells, why it does not start", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "slipway/typescript", "apps/journal/frontend/src/main.ts"],
      { cwd: root, encoding: "utf8", env: { PATH: process.env.PATH, REDIS_PORT: "x" } },
    );
    assert.deepEqual([status, stderr], [1, ""]);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 1);
    const { level, time, msg } = JSON.parse(lines[0] ?? "");
    assert.equal(level, 60);
    assert.ok(Math.abs(Date.now() - time) < 60_000);
    assert.match(msg, /REDIS_HOST: missing/);
    assert.match(msg, /REDIS_PORT: expected a whole number from 1 to 65535, got "x"/);
  });
});
