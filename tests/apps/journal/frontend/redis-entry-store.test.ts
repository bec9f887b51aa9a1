import assert from "node:assert/strict";
import { once } from "node:events";
import { promisify } from "node:util";
import { StoreUnavailableError } from "../../../../apps/journal/frontend/src/entry-store.js";
import { connectRedis } from "../../../../apps/journal/frontend/src/redis-connection.js";
import { RedisEntryStore } from "../../../../apps/journal/frontend/src/redis-entry-store.js";
import { type Answer, FakeRedis, bulk } from "./fake-redis.js";

const ID = "4b802160-0bfc-4acc-aad4-ea05fbeac348";
const nextTick = promisify((done: () => void) => {
  process.nextTick(done);
});
const draft = { author: "a writer", text: "Rain again." };

/** Answers a write as Redis does: ADD with its document, REMOVE with a count. */
const written = (command: string[]) => (command.length > 6 ? bulk(command[7] ?? "") : ":1\r\n");

describe("apps/journal/frontend Redis entry store", () => {
  let redis: FakeRedis;
  let store: RedisEntryStore;

  async function open(answer: Answer, acknowledgingReplicas = 1): Promise<void> {
    redis = await FakeRedis.start(answer);
    const server = { host: "127.0.0.1", port: redis.port };
    const [writer, reader, replica] = ["writer", "reader", "replica"].map((name) => {
      const connection = connectRedis({ name, ...server });
      connection.on("error", () => undefined);
      return connection;
    }) as [ReturnType<typeof connectRedis>, ReturnType<typeof connectRedis>, ReturnType<typeof connectRedis>];
    store = new RedisEntryStore({ writer, reader, replica, acknowledgingReplicas });
    await Promise.all([writer, reader, replica].map((connection) => once(connection, "ready")));
  }

  afterEach(async () => {
    await store.close();
    await redis.stop();
  });

  const names = () => redis.commands.map(({ command }) => (command[0] ?? "").toLowerCase());
  const idsWritten = () =>
    redis.commands.filter(({ command }) => command[0] === "eval").map(({ command }) => command[5]);

  it("answers for an entry when a replica has it", async () => {
    await open((command) => (command[0] === "wait" ? ":1\r\n" : written(command)));
    assert.equal((await store.add(draft, ID)).id, ID);
    assert.deepEqual(names(), ["eval", "wait"]);
    assert.deepEqual(redis.commands[1]?.command, ["wait", "1", "800"]);
  });

  it("waits for nobody where there is no replica", async () => {
    await open(written, 0);
    await store.add(draft, ID);
    assert.deepEqual(names(), ["eval"]);
  });

  it("sends an entry that no replica has again, under the same id, until one has it", async () => {
    let waits = 0;
    await open((command) => (command[0] === "wait" ? `:${++waits > 2 ? 1 : 0}\r\n` : written(command)));
    await store.add(draft, ID);
    assert.deepEqual(idsWritten(), [ID, ID, ID]);
  });

  it("never takes the replicas of one connection for those of another", async () => {
    // The connection ends between the write and its confirmation; the next one would confirm anything.
    await open((command, connection) => {
      if (command[0] !== "wait") return written(command);
      return connection < 3 ? "cut" : ":1\r\n";
    });
    await store.add(draft, ID);
    const byConnection = redis.commands.map(({ command, connection }) => `${command[0]} ${connection}`);
    assert.equal(byConnection.length, 4);
    assert.equal(byConnection[2], byConnection[3]?.replace("wait", "eval"));
    assert.notEqual(byConnection[0], byConnection[2]);
  });

  for (const [refusal, reconnects] of Object.entries({
    READONLY: true,
    NOREPLICAS: true,
    MASTERDOWN: true,
    LOADING: false,
  })) {
    const where = reconnects ? "over another connection, which may lead to another server" : "a little later";
    it(`tries again when Redis says ${refusal}, ${where}`, async () => {
      let refused = false;
      await open((command) => {
        if (command[0] === "wait") return ":1\r\n";
        if (refused) return written(command);
        refused = true;
        return `-${refusal} not now\r\n`;
      });
      await store.add(draft, ID);
      assert.deepEqual(idsWritten(), [ID, ID]);
      const used = redis.commands.map(({ connection }) => connection);
      assert.equal(used.at(0) !== used.at(-1), reconnects);
    });
  }

  it("gives up at once when Redis means it, such as when its memory is full", async () => {
    await open((command) => (command[0] === "wait" ? ":1\r\n" : "-OOM command not allowed\r\n"));
    await assert.rejects(store.add(draft, ID), (error) => {
      assert.ok(error instanceof StoreUnavailableError);
      assert.match(error.message, /^OOM/);
      return true;
    });
    assert.deepEqual(idsWritten(), [ID]);
  });

  it("calls an entry removed when an earlier try may have done it", async () => {
    let waits = 0;
    await open((command) => (command[0] === "wait" ? `:${waits++}\r\n` : `:${waits === 0 ? 1 : 0}\r\n`));
    assert.equal(await store.remove(ID), true);
    assert.equal(await store.remove(ID), false);
  });

  it("lets writes of the same moment share a confirmation", async () => {
    await open((command) => (command[0] === "wait" ? ":1\r\n" : written(command)));
    await Promise.all(Array.from({ length: 50 }, () => store.add(draft)));
    assert.deepEqual(
      [names().filter((name) => name === "eval").length, names().filter((name) => name === "wait").length],
      [50, 2],
    );
  });

  const entry = (id: string) => ({ id, ...draft, createdAt: "2026-01-31T12:00:00.000Z" });
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `entry-${index}`);
  const idsOf = (command: string[]) => command.slice(1).map((key) => key.replace("journal:entry:", ""));
  const documents = (command: string[], missing = "") => {
    const found = idsOf(command).map((id) => (id === missing ? "$-1\r\n" : bulk(JSON.stringify(entry(id)))));
    return command[0] === "get" ? (found[0] ?? "") : `*${found.length}\r\n${found.join("")}`;
  };

  it("reads one entry alone at once, and what is asked for meanwhile in one command, each with its own answer", async () => {
    await open((command) => documents(command, "entry-7"));
    const ids = numbered(64);
    assert.deepEqual(
      await Promise.all(ids.map((id) => store.get(id))),
      ids.map((id) => (id === "entry-7" ? undefined : entry(id))),
    );
    assert.deepEqual(
      redis.commands.map(({ command }) => [command[0], ...idsOf(command)]),
      [
        ["get", "entry-0"],
        ["mget", ...ids.slice(1)],
      ],
    );
  });

  it("reads requests together that came one after the other in the same turn of the event loop", async () => {
    await open((command) => documents(command));
    const reads = [];
    for (const id of numbered(3)) {
      reads.push(store.get(id));
      for (let tick = 0; tick < 5; tick++) await nextTick();
    }
    assert.deepEqual(await Promise.all(reads), numbered(3).map(entry));
    assert.deepEqual(names(), ["get", "mget"]);
  });

  it("sends each read of one after the other by itself, also after one that failed", async () => {
    let asked = 0;
    await open((command) => (asked++ < 2 ? "-ERR not now\r\n" : documents(command)));
    await assert.rejects(store.get(ID), StoreUnavailableError);
    await store.get(ID);
    await store.get(ID);
    assert.deepEqual(names(), ["get", "get", "get", "get"]);
  });

  it("reads at most a hundred entries by one command", async () => {
    await open((command) => documents(command));
    await Promise.all(numbered(251).map((id) => store.get(id)));
    assert.deepEqual(
      redis.commands.map(({ command }) => idsOf(command).length),
      [1, 100, 100, 50],
    );
  });

  it("reads an entry anew each time, so that one is found as soon as it is written", async () => {
    let there = false;
    await open((command) => {
      if (command[0] === "get" || command[0] === "mget") return documents(command, there ? "" : ID);
      there = true;
      return written(command);
    }, 0);
    const both = () => Promise.all([store.get(ID), store.get(ID)]);
    assert.deepEqual(await both(), [undefined, undefined]);
    await store.add(draft, ID);
    assert.deepEqual(await both(), [entry(ID), entry(ID)]);
  });

  for (const answer of ["-ERR not now\r\n", "cut"]) {
    it(`reads from a replica what the primary answered with "${answer.trim()}"`, async () => {
      let primary: number | undefined;
      await open((command, connection) =>
        connection === (primary ??= connection) ? answer : documents(command),
      );
      assert.deepEqual(await Promise.all(numbered(3).map((id) => store.get(id))), numbered(3).map(entry));
      const answered = redis.commands.filter(({ connection }) => connection !== primary);
      assert.deepEqual(
        answered.map(({ command }) => idsOf(command)),
        [["entry-0"], ["entry-1", "entry-2"]],
      );
    });
  }

  it("fails each of the reads that no server answered", async () => {
    await open(() => "-ERR not now\r\n");
    for (const read of await Promise.allSettled(numbered(3).map((id) => store.get(id)))) {
      assert.ok(read.status === "rejected" && read.reason instanceof StoreUnavailableError);
      assert.match(read.reason.message, /^ERR not now/);
    }
    assert.deepEqual(names().sort(), ["get", "get", "mget", "mget"]);
  });

  it("fails only the read of a document that is none", async () => {
    await open((command) =>
      documents(command).replace('{"id":"entry-1"', "x".repeat('{"id":"entry-1"'.length)),
    );
    const [, broken, whole] = await Promise.allSettled(numbered(3).map((id) => store.get(id)));
    assert.equal(broken?.status, "rejected");
    assert.deepEqual(whole, { status: "fulfilled", value: entry("entry-2") });
  });
});
