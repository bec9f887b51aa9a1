import assert from "node:assert/strict";
import { Crowd } from "./chat-crowd.js";
import { describeReport, type CrowdReport } from "./chat-report.js";
import { nodeOf, processOneOf } from "./nodes.js";
import { cutOff, endAllCuts } from "./partition.js";
import { kubectl, objects, rolledOut, settled, until } from "./platform.js";
import { podId, podProcess } from "./pod-processes.js";
import { primaryPod, replicating, serverProcess } from "./redis.js";

const GUESTS = 100;
const ROOMS = 5;
/** Written before a fault and after it, so that it hits something and something follows. */
const SOME = 40;
/** A server that vanished is noticed after 18 s at most, by whoever it does not tell. */
const BACK_SEC = 40;

const serverPods = async () => {
  const selector = "app.kubernetes.io/name=chat,app.kubernetes.io/component=server";
  return (await objects("pods", "-n", "chat", "-l", selector)).map(({ metadata }) => metadata.name as string);
};

/**
 * What happens, and how many connections it breaks at least; where that is 0, none may break. Which of them a node
 * breaks depends on what else stands on it.
 */
const faults: Record<string, { happens: (crowd: Crowd) => Promise<void>; breaks: number | "any" }> = {
  "every connection is cut, three times": {
    breaks: 3 * GUESTS,
    happens: (crowd) => crowd.cut(3),
  },
  "the process of a server is killed": {
    breaks: 1,
    happens: async () => {
      const [pod = ""] = await serverPods();
      process.kill(await podProcess("chat", pod, "node"), "SIGKILL");
    },
  },
  "the primary of Redis is killed": {
    breaks: 0,
    happens: async () => {
      const former = await primaryPod("chat");
      process.kill(await serverProcess(former, "chat"), "SIGKILL");
      await until("another primary", async () =>
        (await primaryPod("chat")) === former ? `${former} still leads` : undefined,
      );
    },
  },
  "the node of Redis' primary is cut off for twenty seconds": {
    breaks: "any",
    happens: async () => {
      const former = await primaryPod("chat");
      const node = await nodeOf("chat", former);
      await cutOff(processOneOf(node), 20_000);
      await until("another primary", async () =>
        (await primaryPod("chat")) === former ? `${former} still leads` : undefined,
      );
    },
  },
  "the database's process is killed": {
    breaks: 0,
    happens: async () => {
      process.kill(await podProcess("chat", "mongodb-0", "ferretdb"), "SIGKILL");
    },
  },
  "the database's pod is replaced": {
    breaks: 0,
    happens: async () => {
      const before = await podId("chat", "mongodb-0");
      await kubectl("delete", "pod", "mongodb-0", "-n", "chat");
      await until("another pod of the database", async () =>
        (await podId("chat", "mongodb-0")) === before ? "the same" : undefined,
      );
    },
  },
  "a rollout replaces every server": {
    breaks: GUESTS,
    happens: async () => {
      const before = await serverPods();
      await kubectl("rollout", "restart", "deployment/server", "-n", "chat");
      await rolledOut("deployment/server", "chat");
      await until("every server another one", async () => {
        const left = (await serverPods()).filter((pod) => before.includes(pod));
        return left.length === 0 ? undefined : left.join(", ");
      });
    },
  },
};

function assertNothingLost(report: CrowdReport): void {
  const { unacknowledged, missing, duplicates, disordered, changed, away } = report;
  assert.deepEqual(
    { unacknowledged, missing, duplicates, disordered, changed, away },
    { unacknowledged: 0, missing: 0, duplicates: 0, disordered: 0, changed: 0, away: 0 },
  );
  assert.ok(report.delivered > 0);
}

describe("the chat of a hundred guests in five rooms", () => {
  let crowd: Crowd;

  before(async () => {
    await endAllCuts();
    await settled();
    await replicating("chat");
    crowd = await Crowd.enter(GUESTS, ROOMS);
  });

  after(() => {
    crowd.stop();
  });

  const someWritten = async (more: number) => {
    const before = await crowd.written();
    await until("messages", async () => ((await crowd.written()) >= before + more ? undefined : "too few"));
  };

  for (const [what, { happens, breaks }] of Object.entries(faults)) {
    it(`delivers every message to everybody once and in order, and all come back, when ${what}`, async () => {
      await crowd.write();
      await someWritten(SOME);
      await happens(crowd);
      await until(
        "everybody back",
        async () => {
          const away = await crowd.away();
          return away === 0 ? undefined : `${away} away`;
        },
        BACK_SEC,
      );
      await someWritten(SOME);
      // An entry that left its node ends half a minute later, and takes along who came back by it.
      await settled();
      const report = await crowd.settle();
      console.log(`      ${describeReport(report)}`);

      assertNothingLost(report);
      assert.ok(report.written >= 2 * SOME, `only ${report.written} messages`);
      const rightly = breaks === "any" || (breaks === 0 ? report.breaks === 0 : report.breaks >= breaks);
      assert.ok(
        rightly,
        `${report.breaks} connections broke, expected ${breaks === 0 ? "none" : `${breaks} and more`}`,
      );
    });
  }
});
