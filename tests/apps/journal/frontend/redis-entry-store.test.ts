import assert from "node:assert/strict";
import { once } from "node:events";
import { StoreUnavailableError } from "../../../../apps/journal/frontend/src/entry-store.js";
import { connectRedis } from "../../../../apps/journal/frontend/src/redis-connection.js";
import { RedisEntryStore } from "../../../../apps/journal/frontend/src/redis-entry-store.js";
import { type Answer, FakeRedis, bulk } from "./fake-redis.js";

const ID = "4b802160-0bfc-4acc-aad4-ea05fbeac348";
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
});
