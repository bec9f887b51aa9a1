import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import type * as Lock from "../../machine/lock.js";
import { Checkout } from "../support/checkout.js";

describe("machine/lock", () => {
  let checkout: Checkout;
  let withLock: typeof Lock.withLock;
  before(async () => {
    checkout = new Checkout();
    ({ withLock } = await checkout.load<typeof Lock>("lock"));
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

  it("is taken over when another process has got the holder's id since", async () => {
    leave({ pid: process.pid, start: "1" });
    assert.equal(await withLock(() => Promise.resolve("taken")), "taken");
  });
});
