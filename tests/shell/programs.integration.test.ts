import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { isThere, startTime } from "../../shell/processes.js";
import type * as Programs from "../../shell/programs.js";
import { endPrograms, run } from "../../shell/programs.js";
import { Checkout } from "../support/checkout.js";

describe("shell/programs", () => {
  /** Starts a script that says when it is ready; `ended` gives what it ended with. */
  async function started(script: string) {
    let isReady = (): void => undefined;
    const ready = new Promise<void>((resolve) => (isReady = resolve));
    const ended = run("sh", ["-c", script], { onLine: isReady }).catch(
      (error: unknown) => (error as Error).message,
    );
    await ready;
    return { ended };
  }

  // As Go does: a shell with a trap heeds it when the program that it waits for has ended.
  const likeGo = (ready: string) => `trap 'exit 1' INT; ${ready}; sleep 60`;

  it("ends programs at work with what they wait for, of which none was told", async () => {
    const { ended } = await started(likeGo("echo ready"));
    void endPrograms(100);
    assert.equal(await ended, "interrupted");
  });

  it("kills a program that does not heed it", async () => {
    const { ended } = await started("trap '' INT; echo ready; sleep 60; echo went on");
    void endPrograms(100, 50);
    assert.equal(await ended, "interrupted");
  });

  it("lets a program end by itself that a terminal has told too", async () => {
    const { ended } = await started("trap 'echo twice' INT; echo ready; sleep 0.1; echo as it wanted");
    void endPrograms(10_000);
    assert.equal(await ended, "ready\nas it wanted");
  });

  it("leaves alone what is started after the interruption, to leave things in order", async () => {
    void endPrograms(10);
    const { ended } = await started("echo ready; sleep 0.2; echo in order");
    assert.equal(await ended, "ready\nin order");
  });

  describe("with a log", () => {
    let checkout: Checkout;
    let programs: typeof Programs;
    before(async () => {
      checkout = new Checkout();
      programs = await checkout.load<typeof Programs>("shell/programs");
    });
    after(() => {
      checkout.remove();
    });
    const log = (name: string) => readFileSync(join(checkout.local, `logs/${name}.log`), "utf8");

    it("has all of their output in it when they have ended, whatever they ended with", async () => {
      let lines = 0;
      await programs.run("sh", ["-c", "seq 20000; echo end >&2"], { log: "done", onLine: () => lines++ });
      assert.equal(lines, 20_001);
      assert.match(log("done"), /^1\n2\n[^]*\n20000\nend\n$/);
      await assert.rejects(programs.run("sh", ["-c", "seq 20000; exit 1"], { log: "failed" }));
      assert.match(log("failed"), /\n20000\n$/);
      await assert.rejects(programs.run("no-such-program", [], { log: "absent" }), /ENOENT/);
      assert.equal(log("absent"), "");
    });

    it("fail with what the log cannot be written for, unless they fail themselves", async () => {
      checkout.write(".local/logs/any.log", "");
      symlinkSync("/dev/full", join(checkout.local, "logs/full.log"));
      await assert.rejects(programs.run("echo", ["output"], { log: "full" }), { code: "ENOSPC" });
      await assert.rejects(programs.run("sh", ["-c", "echo broken; exit 1"], { log: "full" }), /broken/);
    });
  });

  it("ends a command by SIGINT to it alone, at once and with 130, and leaves nothing at work and no lock", async () => {
    const checkout = new Checkout("Pulumi.dev.yaml");
    try {
      checkout.fakeProgram("git", likeGo("echo $$ >ready"));
      const args = [
        "--import",
        "slipway/typescript",
        "commands/main.ts",
        "push",
        "dev",
        "--registry",
        "r.example/x",
      ];
      const command = spawn(process.execPath, args, {
        cwd: checkout.folder,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const said = text(command.stderr);
      const isReady = () =>
        existsSync(checkout.path("ready")) && readFileSync(checkout.path("ready"), "utf8");
      while (!isReady()) {
        assert.equal(command.exitCode, null, "it did not come to git");
        await sleep(10);
      }
      const git = Number(readFileSync(checkout.path("ready"), "utf8"));
      const atWork = { pid: git, start: startTime(git) };
      assert.equal(isThere(atWork), true);
      command.kill("SIGINT");
      assert.deepEqual(await once(command, "exit"), [130, null]);
      assert.match(await said, /^\nstopping in order; .+\ninterrupted\n$/);
      assert.equal(isThere(atWork), false);
      assert.equal(readFileSync(checkout.path(".local/lock"), "utf8"), "");
    } finally {
      checkout.remove();
    }
  });
});
