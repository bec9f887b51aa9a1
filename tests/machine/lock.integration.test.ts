import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type * as Lock from "../../machine/lock.js";
import { startTime } from "../../shell/processes.js";
import { Checkout } from "../support/checkout.js";

describe("machine/lock", () => {
  let checkout: Checkout;
  let withLock: typeof Lock.withLock;
  before(async () => {
    checkout = new Checkout();
    ({ withLock } = await checkout.load<typeof Lock>("machine/lock"));
  });
  after(() => {
    checkout.remove();
  });

  const isHeld = () => existsSync(checkout.path(".local/lock"));
  const leave = (holder: object) => {
    checkout.write(".local/lock", JSON.stringify(holder));
  };

  it("gives what the work gives, holds the lock meanwhile, and leaves no file behind", async () => {
    assert.equal(await withLock(async () => Promise.resolve(isHeld())), true);
    assert.deepEqual(readdirSync(checkout.local), []);
  });

  it("refuses a second command while the first lives, and leaves the first its lock", async () => {
    let secondRan = false;
    await withLock(async () => {
      await assert.rejects(
        withLock(() => Promise.resolve((secondRan = true))),
        {
          message: `another command is at work here as process ${process.pid}; wait for it, or end it with "kill ${process.pid}"`,
        },
      );
      assert.equal(isHeld(), true);
    });
    assert.equal(secondRan, false);
    assert.deepEqual(readdirSync(checkout.local), []);
  });

  it("marks what is started meanwhile, and nothing that is started afterwards", async () => {
    const marked = () =>
      spawnSync("sh", ["-c", "echo $SLIPWAY_COMMAND_IN"], { encoding: "utf8" }).stdout.trim();
    const before = marked();
    assert.notEqual(await withLock(() => Promise.resolve(marked())), before);
    assert.equal(marked(), before);
    await assert.rejects(withLock(() => Promise.reject(new Error("no"))));
    assert.equal(marked(), before);
  });

  it("is given back when the work fails", async () => {
    await assert.rejects(
      withLock(() => Promise.reject(new Error("no"))),
      { message: "no" },
    );
    assert.equal(await withLock(() => Promise.resolve("again")), "again");
  });

  it("is taken over from a command that was killed", async () => {
    leave({ pid: spawnSync("true").pid, start: "1" });
    assert.equal(await withLock(() => Promise.resolve("taken")), "taken");
    assert.equal(isHeld(), false);
  });

  it("is taken by one alone of many that find at the same time that its holder was killed", async () => {
    for (let round = 0; round < 20; round++) {
      leave({ pid: process.pid, start: "1" });
      let holders = 0;
      let most = 0;
      const results = await Promise.allSettled(
        Array.from({ length: 16 }, async (_, late) => {
          // Some come a few steps later, when the first is half way.
          for (let turn = 0; turn < late * 2; turn++) await nextTurn();
          await withLock(async () => {
            most = Math.max(most, ++holders);
            await sleep(5);
            holders--;
          });
        }),
      );
      assert.equal(most, 1);
      for (const result of results)
        if (result.status === "rejected") assert.match(String(result.reason), /another command is at work/);
      assert.deepEqual(readdirSync(checkout.local), []);
    }
  });

  it("is taken over from one that was killed while it took the lock over itself", async () => {
    leave({ pid: process.pid, start: "1" });
    checkout.write(`.local/lock.after-${process.pid}-1`, JSON.stringify({ pid: process.pid, start: "2" }));
    assert.equal(await withLock(() => Promise.resolve("taken")), "taken");
    assert.deepEqual(readdirSync(checkout.local), []);
  });

  it("is taken over when the machine lost its power before the file was written", async () => {
    checkout.write(".local/lock", "");
    assert.equal(await withLock(() => Promise.resolve("taken")), "taken");
  });

  it("is given back by a command that failed only when the programs that it started have ended", async () => {
    let left: number | undefined;
    await assert.rejects(
      withLock(() => {
        const child = spawn("sleep", ["60"], { stdio: "ignore" });
        left = child.pid;
        return Promise.reject(new Error("no"));
      }),
      { message: "no" },
    );
    assert.equal(startTime(left ?? 0), undefined);
  });

  it("is taken over when another process has got the holder's id since", async () => {
    leave({ pid: process.pid, start: "1" });
    assert.equal(await withLock(() => Promise.resolve("taken")), "taken");
  });
});
