import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { cutOff, endAllCuts } from "./partition.js";
import { podId, podProcess } from "./pod-processes.js";
import { ask, leaders, primaryPod, redisPods, replicating, sentinelProcess, serverProcess } from "./redis.js";
import { SENTINEL_PORT } from "../../infra/apps/redis-config.js";
import { list, remove } from "./entries.js";
import { kubectl, settled, until } from "./platform.js";
import { Writers } from "./writers.js";

const WRITERS = 8;
/** Not a limit: how much is written before and after a fault, so that it hits something and something follows. */
const SOME = 100;
const AT_ONCE = 20;

const inJournal = (...args: string[]) => kubectl(...args, "-n", "journal");

async function anotherPod(pod: string, before: string): Promise<void> {
  await until(`another pod ${pod}`, async () => {
    const id = await podId("journal", pod);
    return id !== "" && id !== before ? undefined : "the same one, or none";
  });
}

async function standStill(pid: number, durationMs: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await sleep(durationMs);
  process.kill(pid, "SIGCONT");
}

/** A machine that is short of time stops a Sentinel for longer than it trusts its clock (two seconds). */
const UNTRUSTED_MS = 3000;

/** What befalls the primary, or all. Whatever it stops it starts again, and it returns when it has happened. */
const faults: Record<string, { happens: (primary: string) => Promise<void>; elects: boolean }> = {
  "the primary's process is killed": {
    elects: true,
    happens: async (primary) => {
      process.kill(await serverProcess(primary), "SIGKILL");
    },
  },
  "the primary's process hangs for seven seconds": {
    elects: true,
    happens: async (primary) => {
      await standStill(await serverProcess(primary), 7000);
    },
  },
  "the primary's pod is cut off for twenty seconds, and one leads fifteen seconds later": {
    elects: true,
    happens: async (primary) => {
      await cutOff(await podProcess("journal", primary, "pause"), 20_000);
      await sleep(15_000);
      const leading = await leaders();
      assert.equal(leading.length, 1, `expected one primary, got ${leading.join(" and ") || "none"}`);
      assert.notEqual(leading[0], primary);
    },
  },
  "the primary's pod is cut off just after another's Sentinel stood still": {
    elects: true,
    happens: async (primary) => {
      const follower = redisPods.find((pod) => pod !== primary) ?? assert.fail("no other pod");
      await standStill(await sentinelProcess(follower), UNTRUSTED_MS);
      await cutOff(await podProcess("journal", primary, "pause"), 20_000);
    },
  },
  "the primary's pod is deleted": {
    elects: true,
    happens: async (primary) => {
      await inJournal("delete", "pod", primary, "--wait=false");
    },
  },
  "the primary's pod is deleted by force": {
    elects: true,
    happens: async (primary) => {
      const before = await podId("journal", primary);
      await inJournal("delete", "pod", primary, "--force", "--grace-period=0");
      await anotherPod(primary, before);
    },
  },
  "the primary's pod and its volume are lost": {
    elects: true,
    happens: async (primary) => {
      const before = await podId("journal", primary);
      await inJournal("delete", "pvc", `data-${primary}`, "--wait=false");
      await inJournal("delete", "pod", primary, "--force", "--grace-period=0");
      await anotherPod(primary, before);
    },
  },
  "the processes of all three are killed at once": {
    elects: false,
    happens: async () => {
      const pids = await Promise.all(redisPods.map((pod) => serverProcess(pod)));
      for (const pid of pids) process.kill(pid, "SIGKILL");
    },
  },
  "all three pods are deleted by force at once": {
    elects: false,
    happens: async () => {
      const before = await Promise.all(redisPods.map((pod) => podId("journal", pod)));
      await inJournal("delete", "pod", ...redisPods, "--force", "--grace-period=0");
      for (const [index, pod] of redisPods.entries()) await anotherPod(pod, before[index] ?? "");
    },
  },
};

/** The error, if there is one: whatever happens, the writers are stopped before a test fails. */
async function happening(fault: () => Promise<void>): Promise<unknown> {
  try {
    await fault();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** What every page of the journal shows. */
async function allTexts(): Promise<string[]> {
  const { pages } = await list();
  const texts: string[] = [];
  for (let page = 1; page <= pages; page += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, pages - page + 1) }, (_, next) => page + next);
    for (const { entries } of await Promise.all(numbers.map(list)))
      texts.push(...entries.map(({ text }) => text));
  }
  return texts;
}

async function forget(ids: readonly string[]): Promise<void> {
  for (let first = 0; first < ids.length; first += AT_ONCE)
    await Promise.all(ids.slice(first, first + AT_ONCE).map((id) => remove(id)));
}

describe("Redis under eight writers of the journal", () => {
  before(endAllCuts);
  before(replicating);

  it("is watched by Sentinels each of which took the periods that it was told", async () => {
    for (const pod of redisPods) {
      const told = await ask(pod, "sentinel debug", SENTINEL_PORT);
      assert.match(told, /^PING-PERIOD\n250\n/m, pod);
      assert.match(told, /^TILT-PERIOD\n3000\n/m, pod);
    }
  });

  for (const [what, { happens, elects }] of Object.entries(faults)) {
    it(`loses no acknowledged entry and keeps none twice when ${what}`, async () => {
      const former = await primaryPod();
      const writers = new Writers(WRITERS);
      await until("entries before the fault", () => (writers.count >= SOME ? undefined : `${writers.count}`));
      const fault = await happening(() => happens(former));
      const soFar = writers.count;
      const resumed = await until("entries after the fault", () =>
        writers.count >= soFar + SOME ? undefined : `${writers.count - soFar}`,
      ).catch((error: unknown) => error as Error);
      const { ids, repeated, gapMs } = await writers.stop();
      assert.ifError(fault);
      assert.ifError(resumed);
      await settled();
      await replicating();

      const texts = await allTexts();
      const kept = new Set(texts);
      const lost = ids.filter((id) => !kept.has(id));
      const twice = texts.length - kept.size;
      console.log(
        `      ${ids.length} acknowledged, ${lost.length} lost, ${twice} twice; ` +
          `${repeated} requests sent again, nobody answered for ${gapMs} ms`,
      );
      assert.equal(twice, 0);
      assert.deepEqual(lost, []);
      if (elects) assert.notEqual(await primaryPod(), former);
      await forget(ids);
    });
  }
});
