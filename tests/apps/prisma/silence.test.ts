import assert from "node:assert/strict";
import { closeAll, driven, tryAll } from "./driven.js";
import { codesOf } from "./service.js";

const LIST = "{ users { id } }";
const isList = (sql: string) => sql.startsWith("SELECT `prisma`");

describe("apps/prisma on a silent database", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(() => closeAll(open));

  async function start(...of: Parameters<typeof driven>) {
    const started = await driven(...of);
    open.push(started);
    return started;
  }

  it("answers when no connection comes about, having waited for one once, whether by silence or by a cut", async () => {
    await tryAll(["silence", "cut"] as const, async (away) => {
      const { server, database, ask, quiet } = await start(() => undefined, { patienceMs: 500 });
      await ask(LIST); // After it the client knows its database, and waits for it in its queries alone.
      await quiet();
      server.away = away;
      server.hangUp();
      let waits = 0;
      database.pool.on("enqueue", () => waits++);
      assert.deepEqual(codesOf(await ask(LIST)), ["UNAVAILABLE"]);
      assert.equal(waits, 1);
    });
  });

  it("answers when all connections are taken by statements that get no answer, and has them again afterwards", async () => {
    let silent = true;
    const { database, ask } = await start((sql) => (silent && isList(sql) ? "silence" : undefined), {
      patienceMs: 400,
      silentMs: 500,
    });
    const answers = await Promise.all([ask(LIST), ask(LIST), ask(LIST), ask(LIST)]);
    assert.deepEqual(answers.map(codesOf), Array(4).fill(["UNAVAILABLE"]));
    silent = false;
    assert.deepEqual((await ask(LIST)).data, { users: [{ id: "u1" }] });
    assert.equal(database.pool.activeConnections(), 0);
  });

  it("answers in its own time, whatever the connection does", async () => {
    const { ask } = await start((sql) => (isList(sql) ? "silence" : undefined), {
      timeoutMs: 50,
      silentMs: 500,
    });
    assert.deepEqual(codesOf(await ask(LIST)), ["TIMEOUT"]);
  });

  it("answers when the database has ended a statement by itself, which it is told to do after ten seconds", async () => {
    const ended = [
      [1969, "Query execution was interrupted (max_statement_time exceeded)"],
      [3024, "Query execution was interrupted, maximum statement execution time exceeded"],
    ] as const;
    for (const reply of ended) {
      const { server, ask } = await start((sql) => (isList(sql) ? reply : undefined));
      assert.deepEqual(codesOf(await ask(LIST)), ["TIMEOUT"]);
      assert.equal(server.sqlOf(/^SELECT `prisma`/).length, 1);
      assert.match(server.settings[0] ?? "", /max_execution_time = 10000 .*max_statement_time = 10 /);
    }
  });
});
