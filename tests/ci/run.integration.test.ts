import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const subject = join(import.meta.dirname, "../../.ci/run");

/** What each command of npm does, as shell; one that is not given succeeds in silence. */
type Commands = Partial<
  Record<"test" | "test:rehearsal" | "test:diff" | "up" | "test:local" | "down", string>
>;

const green: Commands = {
  test: "printf '  400 passing (9s)\\n\\n  17 passing (4s)\\n'",
  "test:rehearsal": "echo '  44 passing'",
  "test:diff": "echo '  3 passing (1m)'",
  "test:local": "echo '  12 passing (2m)'",
};

const all = [
  "test",
  "run --silent lint:workflows",
  "run test:rehearsal",
  "run test:diff",
  "run up",
  "run test:local",
  "run down -- --purge",
];

describe(".ci/run", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway "));
    for (const name of [".ci", "bin"]) mkdirSync(join(folder, name));
    cpSync(subject, join(folder, ".ci/run"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs it with such an npm; gives its exit code, its last line and the commands in order. */
  function run(commands: Commands): { status: number | null; last: string | undefined; calls: string[] } {
    const program = (name: string, script: string) => {
      writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, "bin", name), 0o755);
    };
    const cases = Object.entries(commands).map(([name, script]) => `${name}) ${script} ;;`);
    const command = '[ "$1" = run ] && shift';
    program("npm", `echo "$*" >> "${folder}/calls"\n${command}\ncase $1 in\n${cases.join("\n")}\nesac`);
    program("chromium", "exit 0");
    writeFileSync(join(folder, "calls"), "");
    const { status, stdout } = spawnSync(join(folder, ".ci/run"), {
      cwd: "/",
      encoding: "utf8",
      env: { PATH: `${folder}/bin:/usr/bin:/bin` },
    });
    const calls = readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n");
    return { status, last: stdout.trimEnd().split("\n").at(-1), calls };
  }

  it("adds up the tests of every tier, of which one may be of two runs, and each other command as one", () => {
    assert.deepEqual(run(green), {
      status: 0,
      last: "479 passed, 0 failed",
      calls: all,
    });
  });

  it("fails with the tests that failed, and still runs the rest", () => {
    const test = "printf '  416 passing (9s)\\n  1 failing\\n'; exit 1";
    assert.deepEqual(run({ ...green, test }), {
      status: 1,
      last: "478 passed, 1 failed",
      calls: all,
    });
  });

  it("counts a command that fails without a failing test as one failure", () => {
    const { status, last } = run({ ...green, test: "echo 'src/a.ts(1,1): error'; exit 2" });
    assert.deepEqual([status, last], [1, "62 passed, 1 failed"]);
    const { status: again, last: then } = run({ ...green, up: "exit 1" });
    assert.deepEqual([again, then], [1, "478 passed, 1 failed"]);
  });

  it("takes none of a command's runs for green that had no tests", () => {
    const { status, last } = run({ ...green, test: "printf '  400 passing (9s)\\n  0 passing (1ms)\\n'" });
    assert.deepEqual([status, last], [1, "462 passed, 1 failed"]);
  });

  it("adds up what failed in both runs of a command", () => {
    const test = "printf '  399 passing\\n  1 failing\\n  15 passing\\n  2 failing\\n'; exit 3";
    assert.deepEqual(run({ ...green, test }).last, "476 passed, 3 failed");
  });

  it("takes no tier's count for that of another", () => {
    const { status, last } = run({ ...green, "test:local": "exit 1" });
    assert.deepEqual([status, last], [1, "467 passed, 1 failed"]);
  });
});
