import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type * as Lock from "../../commands/lock.js";
import { startTime } from "../../shell/processes.js";
import { Checkout } from "../support/checkout.js";

const commandOf = (pid = 0) => readFileSync(`/proc/${pid}/comm`, "utf8").trim();

describe("commands/lock", () => {
  let checkout: Checkout;
  let withLock: typeof Lock.withLock;
  before(async () => {
    checkout = new Checkout();
    ({ withLock } = await checkout.load<typeof Lock>("commands/lock"));
  });
  after(() => {
    checkout.remove();
  });

  const file = () => checkout.path(".local/lock");
  const holder = () => (existsSync(file()) ? readFileSync(file(), "utf8") : "");
  /** What a command leaves that is killed. */
  const leave = (pid: number) => {
    checkout.write(".local/lock", `${pid}\n`);
  };

  /** Does something while programs are looked for there. */
  async function onPath(path: string, work: () => Promise<void>): Promise<void> {
    const before = process.env.PATH;
    process.env.PATH = path;
    try {
      await work();
    } finally {
      process.env.PATH = before;
    }
  }

  const markedHere = () => ({ ...process.env, SLIPWAY_COMMAND_IN: checkout.local });
  /** A process with the lock in its hands, which flock becomes. */
  async function holdElsewhere(pid: number): Promise<ChildProcess> {
    leave(pid);
    const other = spawn("flock", ["--no-fork", file(), "sleep", "60"], { stdio: "ignore" });
    while (commandOf(other.pid) === "flock") await sleep(10);
    assert.equal(commandOf(other.pid), "sleep");
    return other;
  }

  it("gives what the work gives, holds the lock meanwhile, and leaves nobody's name in it", async () => {
    assert.equal(await withLock(() => Promise.resolve(holder())), `${process.pid}\n`);
    assert.equal(holder(), "");
    assert.deepEqual(readdirSync(checkout.local), ["lock"]);
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
      assert.equal(holder(), `${process.pid}\n`);
    });
    assert.equal(secondRan, false);
    assert.equal(holder(), "");
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

  it("is taken over from a command as soon as that was killed, and not before", async () => {
    const other = await holdElsewhere(4711);
    try {
      await assert.rejects(
        withLock(() => Promise.resolve()),
        {
          message: 'another command is at work here as process 4711; wait for it, or end it with "kill 4711"',
        },
      );
    } finally {
      other.kill("SIGKILL");
    }
    await once(other, "exit");
    assert.equal(await withLock(() => Promise.resolve("taken")), "taken");
    assert.equal(holder(), "");
  });

  it("names its holder, and not the killed one before it, whose name is there still", async () => {
    leave(4711);
    await withLock(async () => {
      assert.equal(holder(), `4711\n${process.pid}\n`);
      await assert.rejects(
        withLock(() => Promise.resolve()),
        ({ message }: Error) => message.includes(` as process ${process.pid};`),
      );
    });
    assert.equal(holder(), "");
  });

  it("is not taken of a file that its holder removes, as a purge does, but of the one that is made after it", async () => {
    await withLock(async () => {
      rmSync(checkout.local, { recursive: true });
      assert.equal(await withLock(() => Promise.resolve(holder())), `${process.pid}\n`);
    });
    // Between another's opening and its locking.
    checkout.fakeProgram("flock", `rm -f '${file()}'; rm "$0"; exec flock "$@"`);
    await onPath(`${checkout.path(".local/bin")}:${process.env.PATH ?? ""}`, async () => {
      assert.equal(await withLock(() => Promise.resolve(holder())), `${process.pid}\n`);
    });
  });

  for (const [what, script, message] of [
    ["there is no program to lock it with", undefined, 'there is no flock; run "apt-get install util-linux"'],
    [
      "its file system has no locks",
      "exit 71",
      "flock ended with 71; put this checkout on a file system that has locks",
    ],
  ] as const) {
    it(`says so when ${what}`, async () => {
      const other = new Checkout();
      if (script !== undefined) other.fakeProgram("flock", script);
      try {
        await onPath(other.path(".local/bin"), () =>
          assert.rejects(
            withLock(() => Promise.resolve()),
            { message: `${file()} cannot be locked: ${message}` },
          ),
        );
      } finally {
        other.remove();
      }
    });
  }

  it("has what a killed command has left at work end before the next one begins", async () => {
    const left = spawn("sleep", ["60"], { stdio: "ignore", env: markedHere() });
    leave(spawnSync("true").pid);
    assert.equal(await withLock(() => Promise.resolve(startTime(left.pid ?? 0))), undefined);
  });

  it("is taken by one alone of many that find at the same time that its holder was killed", async () => {
    for (let round = 0; round < 3; round++) {
      leave(process.pid);
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
      assert.equal(holder(), "");
    }
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
    leave(process.pid);
    assert.equal(await withLock(() => Promise.resolve("taken")), "taken");
  });
});
