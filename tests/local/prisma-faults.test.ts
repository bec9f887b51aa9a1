import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startTime } from "../../shell/processes.js";
import { graphql, inPrisma, post, sql } from "./graphql.js";
import { told } from "./load.js";
import { killNode, nodeOf } from "./nodes.js";
import { cutOff, endAllCuts } from "./partition.js";
import { npmRun, rolledOut, settled, until } from "./platform.js";
import { podProcess } from "./pod-processes.js";
import { podNames, readAndWrite } from "./prisma-load.js";
import { PrismaWriters } from "./prisma-writers.js";
import { UNDRAINED, startUndrained, stopUndrained } from "./undrained.js";

const ROLLOUTS = 10;
const REQUESTS_PER_SEC = 100;
const DOMAIN = "load.example.com";
const LEAST_REQUESTS = 20_000;
const WRITERS = 8;
/** Not a limit: how much is written before and after a fault, so that it hits something and something follows. */
const SOME = 60;

async function restartsOf(pod: string): Promise<number> {
  return Number(
    await inPrisma("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].restartCount}"),
  );
}

/** What befalls the service while people write; each returns when it has happened. */
const faults: Readonly<Record<string, () => Promise<unknown>>> = {
  "a replica's pod is deleted by force": async () => {
    const [pod = ""] = await podNames();
    await inPrisma("delete", "pod", pod, "--force", "--grace-period=0");
  },
  "a replica's pod is deleted": async () => {
    const [pod = ""] = await podNames();
    await inPrisma("delete", "pod", pod, "--wait=false");
  },
  "MariaDB's process is killed": async () => {
    process.kill(await podProcess("prisma", "mysql-0", "mariadbd"), "SIGKILL");
  },
  "MariaDB's pod is deleted by force": () =>
    inPrisma("delete", "pod", "mysql-0", "--force", "--grace-period=0"),
  "MariaDB's pod is deleted": () => inPrisma("delete", "pod", "mysql-0", "--wait=false"),
  "MariaDB refuses to write for five seconds, as one does that hands over in a failover": async () => {
    await sql("SET GLOBAL read_only = 1");
    try {
      await sleep(5000);
    } finally {
      await sql("SET GLOBAL read_only = 0");
    }
  },
  "MariaDB's pod is cut off for twenty seconds, and nobody is told": async () => {
    await cutOff(await podProcess("prisma", "mysql-0", "pause"), 20_000);
  },
  "MariaDB's node is killed, and started again": async () => {
    await killNode(await nodeOf("prisma", "mysql-0"));
    await npmRun("up");
  },
};

async function removeWritten(): Promise<void> {
  await sql(
    "DELETE FROM prisma.User WHERE email LIKE '%@writers.example.com' OR email LIKE '%@load.example.com'",
  );
}

describe("the GraphQL service under load", () => {
  before(endAllCuts);
  before(settled);
  // A run that was killed has left its own.
  before(removeWritten);
  afterEach(removeWritten);

  it("fails none of the reads and writes during ten rolling updates, and loses nothing that was written", async function () {
    this.timeout(900_000);
    const { stop, sent } = readAndWrite(REQUESTS_PER_SEC, DOMAIN);
    const rollouts = await (async () => {
      for (let rollout = 0; rollout < ROLLOUTS; rollout++) {
        const before = await podNames();
        await inPrisma("rollout", "restart", "deployment/prisma");
        await rolledOut("deployment/prisma", "prisma");
        await settled();
        const kept = (await podNames()).filter((name) => before.includes(name));
        assert.deepEqual(kept, []);
      }
      await until("enough requests", () => (sent() >= LEAST_REQUESTS ? undefined : `${sent()}`), 400);
    })().catch((error: unknown) => error);
    const all = await stop();

    assert.ifError(rollouts);
    assert.ok(all.sent >= LEAST_REQUESTS, `only ${all.sent} requests were sent`);
    const { failures } = all;
    assert.deepEqual(told(failures), [], `${failures.length} of ${all.sent} failed`);
    assert.equal(
      await sql("SELECT COUNT(*) FROM prisma.User WHERE email LIKE '%@load.example.com'"),
      String(Math.floor(all.sent / 2)),
    );
    console.log(`      ${failures.length} of ${all.sent} requests failed`);
  });

  it("would fail some of them without its drain, so that the test above would see them", async () => {
    await startUndrained();
    try {
      const { stop, failed } = readAndWrite(REQUESTS_PER_SEC, DOMAIN, UNDRAINED);
      // Only what is under way as a pod ends can fail, since the entry sends everything else to another one.
      let rollouts = 0;
      const rolled = await (async () => {
        for (; rollouts < ROLLOUTS && failed() === 0; rollouts++) {
          await inPrisma("rollout", "restart", `deployment/${UNDRAINED}`);
          await rolledOut(`deployment/${UNDRAINED}`, "prisma");
        }
      })().catch((error: unknown) => error);
      const all = await stop();

      assert.ifError(rolled);
      assert.ok(all.failures.length > 0, `0 of ${all.sent} failed`);
      console.log(
        `      without the drain ${all.failures.length} of ${all.sent} failed in ${rollouts} rolling updates`,
      );
    } finally {
      await stopUndrained();
    }
  });

  it("fails none of the reads and writes while every replica is deleted, one after the other", async () => {
    const { stop } = readAndWrite(REQUESTS_PER_SEC, DOMAIN);
    const deletions = await (async () => {
      for (const pod of await podNames()) {
        await inPrisma("delete", "pod", pod, "--wait=false");
        await settled();
      }
    })().catch((error: unknown) => error);
    const all = await stop();

    assert.ifError(deletions);
    assert.deepEqual(told(all.failures), [], `${all.failures.length} of ${all.sent} failed`);
    console.log(`      ${all.failures.length} of ${all.sent} requests failed`);
  });

  it("fails no request that is sent after a replica's process was killed", async function () {
    this.timeout(600_000);
    const { stop, sent } = readAndWrite(REQUESTS_PER_SEC, DOMAIN);
    let killed = 0;
    const faulted = await kill().catch((error: unknown) => error);
    const all = await stop();

    assert.ifError(faulted);
    const later = all.failures.filter(({ request }) => request >= killed);
    assert.deepEqual(told(later), [], `${later.length} of ${all.sent - killed} failed`);
    console.log(
      `      0 of ${all.sent - killed} requests failed, and ${all.failures.length} that were under way`,
    );

    async function kill() {
      const [pod = ""] = await podNames();
      await until("some requests", () => (sent() >= SOME ? undefined : `${sent()}`));
      const server = await podProcess("prisma", pod, "node");
      const before = await restartsOf(pod);
      process.kill(server, "SIGKILL");
      await until("its end", () => (startTime(server) === undefined ? undefined : "it is ending"));
      killed = sent();
      await until(
        "another process",
        async () => ((await restartsOf(pod)) > before ? undefined : "none yet"),
        400,
      );
      await settled();
      const enough = sent() + SOME;
      await until("more requests", () => (sent() >= enough ? undefined : `${sent()} of ${enough}`));
    }
  });

  for (const [fault, happens] of Object.entries(faults)) {
    it(`loses and doubles nothing that it answered for when ${fault}`, async () => {
      const writers = new PrismaWriters(WRITERS, (query, variables, agent) =>
        post(query, variables, { agent }),
      );
      const written = await (async () => {
        try {
          await more(writers, SOME);
          await happens();
          await more(writers, SOME);
        } finally {
          await writers.stop();
        }
        return writers.stop();
      })();
      await settled();

      const rows = (await sql("SELECT id FROM prisma.User WHERE email LIKE '%@writers.example.com'")).split(
        "\n",
      );
      assert.deepEqual(rows.sort(), [...written.ids].sort());
      assert.equal((await graphql("{ usersCount }")).errors, undefined);
      console.log(
        `      ${written.ids.length} written, ${written.read} read, ${written.repeated} sent again, ${written.doneBefore} of them done before, longest silence ${written.gapMs} ms`,
      );
    });
  }
});

async function more(writers: PrismaWriters, count: number): Promise<void> {
  const enough = writers.count + count;
  await until(
    `${count} more writes`,
    () => (writers.count >= enough ? undefined : `${writers.count} of ${enough}`),
    120,
  );
}
