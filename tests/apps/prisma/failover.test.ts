import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { createPool } from "mariadb";
import { connectionOptions } from "../../../apps/prisma/src/database.js";
import { watchPool } from "../../../apps/prisma/src/pool.js";
import { closeAll, driven, tryAll } from "./driven.js";
import { FakeMariaDb } from "./fake-maria-db.js";
import { codesOf } from "./service.js";

const CREATE = 'mutation { createUser(data: { id: "u1", email: "u@example.com", name: "U" }) { id } }';
const LIST = "{ users { id } }";
const READ_ONLY = [
  1290,
  "The MariaDB server is running with the --read-only option so it cannot execute this statement",
] as const;

describe("apps/prisma in a failover", function () {
  this.timeout(10_000);
  const open: { close(): Promise<void> }[] = [];
  afterEach(() => closeAll(open));

  async function start(...of: Parameters<typeof driven>) {
    const started = await driven(...of);
    open.push(started);
    return started;
  }

  it("sends a write again that a read-only database has refused, on a new connection", async () => {
    await tryAll([READ_ONLY, [1836, "Running in read-only mode"]] as const, async (refusal) => {
      let demoted = 0;
      const refuses = (sql: string, connection: number) => connection <= demoted && sql.startsWith("INSERT");
      const { server, ask, inserts, quiet } = await start((...of) => (refuses(...of) ? refusal : undefined), {
        youngMs: 100,
        pauseMs: 50,
      });
      assert.deepEqual((await ask(LIST)).data, { users: [{ id: "u1" }] });
      await quiet();
      await sleep(120); // Younger ones would be kept a while longer.
      demoted = server.connections;

      assert.deepEqual((await ask(CREATE)).data, { createUser: { id: "u1" } });
      const done = inserts().filter(({ connection }) => connection > demoted);
      assert.deepEqual([inserts().length, done.length], [2, 1]);
      await Promise.all([ask(LIST), ask(LIST), ask(LIST)]);
      const later = server.statements.slice(server.statements.indexOf(done[0] as never));
      assert.ok(
        later.every(({ connection }) => connection > demoted),
        JSON.stringify(later),
      );
    });
  });

  it("gives up a write in the end that every database refuses, and says that it passes", async () => {
    const { server, ask, inserts } = await start(
      (sql) => (sql.startsWith("INSERT") ? READ_ONLY : undefined),
      { patienceMs: 600, pauseMs: 50 },
    );
    await ask(LIST);
    assert.deepEqual(codesOf(await ask(CREATE)), ["UNAVAILABLE"]);
    assert.ok(inserts().length >= 2, "it was tried once");
    assert.equal(server.sqlOf(/^COMMIT/).length, 0);
  });

  it("sends no write again that is refused for another reason", async () => {
    const { ask, inserts } = await start((sql) =>
      sql.startsWith("INSERT")
        ? [1290, "The MariaDB server is running with the --secure-file-priv option"]
        : undefined,
    );
    assert.deepEqual(codesOf(await ask(CREATE)), ["INTERNAL"]);
    assert.equal(inserts().length, 1);
  });

  it("sends no write again that was under way when the database fell silent or hung up", async () => {
    const cases = (["silence", "cut"] as const).flatMap((reply) =>
      ["INSERT", "COMMIT"].map((statement) => ({ reply, statement })),
    );
    await tryAll(cases, async ({ reply, statement }) => {
      const { ask, inserts } = await start((sql) => (sql.startsWith(statement) ? reply : undefined), {
        silentMs: 500,
      });
      assert.deepEqual(codesOf(await ask(CREATE)), ["UNAVAILABLE"]);
      assert.equal(inserts().length, 1);
    });
  });

  it("asks again for what it reads when the database is silent, and kills nothing by the number of a connection", async () => {
    let silent = 1;
    const { server, ask } = await start(
      (sql) => (sql.startsWith("SELECT `prisma`") && silent-- > 0 ? "silence" : undefined),
      { silentMs: 500 },
    );
    assert.deepEqual((await ask(LIST)).data, { users: [{ id: "u1" }] });
    const asked = server.statements.filter(({ sql }) => sql.startsWith("SELECT `prisma`"));
    assert.equal(asked.length, 2);
    assert.notEqual(asked[0]?.connection, asked[1]?.connection);
    assert.deepEqual(server.sqlOf(/^KILL/), []);
  });

  it("keeps connections that nobody uses, however long they are silent", async () => {
    const { database, ask } = await start(() => undefined, { silentMs: 500 });
    await Promise.all([ask(LIST), ask(LIST)]);
    await sleep(600);
    assert.equal(database.pool.idleConnections(), 2);
  });

  it("gives up a connection that is in use when another one is refused, as soon as it is given back", async () => {
    const server = await FakeMariaDb.start(() => "ok");
    const pool = createPool({ ...connectionOptions(server.database), connectionLimit: 2, minimumIdle: 1 });
    open.push({ close: () => pool.end() }, { close: () => server.stop() });
    const { renew } = watchPool(pool, 5000, 100);
    const inUse = await pool.getConnection();
    await inUse.query("SELECT 'before'");
    await sleep(120);
    renew();
    await inUse.query("SELECT 'meanwhile'");
    await inUse.release();
    await Promise.all([pool.query("SELECT 'after'"), pool.query("SELECT 'after'")]);
    const on = (sql: RegExp) =>
      server.statements.filter((one) => sql.test(one.sql)).map((one) => one.connection);
    const [before] = on(/before/);
    assert.deepEqual(on(/meanwhile/), [before]);
    assert.equal(on(/after/).length, 2);
    assert.ok(!on(/after/).includes(before ?? 0));
  });

  it("does a write once that comes while no connection can be made", async () => {
    const { server, ask, inserts } = await start(() => undefined);
    server.away = "cut";
    const created = ask(CREATE);
    await sleep(200);
    assert.equal(inserts().length, 0);
    server.away = false;
    assert.deepEqual((await created).data, { createUser: { id: "u1" } });
    assert.equal(inserts().length, 1);
  });
});
