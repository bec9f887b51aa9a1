import assert from "node:assert/strict";
import { PrismaMariaDb } from "@prisma/adapter-mariadb";
import type { Pool } from "mariadb";
import { ROW_OPTIONS, withoutStatementOptions } from "../../../apps/prisma/src/statements.js";
import { driven } from "./driven.js";

/** A pool that notes what statements it is sent, on itself and on its connections; none has rows. */
function fakePool() {
  const sent: unknown[][] = [];
  const send = (...statement: unknown[]) => {
    sent.push(statement);
    return Promise.resolve(Object.assign([], { meta: [] }));
  };
  const statements = { query: send, execute: send };
  const connection = () => ({ ...statements, on: () => undefined, off: () => undefined });
  const getConnection = () => Promise.resolve({ ...connection(), release: () => Promise.resolve(undefined) });
  return { sent, pool: { ...statements, getConnection } as unknown as Pool };
}

/** What comes to the pool of a statement on its own and of one in a transaction. */
async function sentBy(pool: Pool, sent: unknown[][]): Promise<unknown[][]> {
  const adapter = await new PrismaMariaDb(pool).connect();
  sent.length = 0; // What the adapter asks of every server first.
  const query = (sql: string) => ({
    sql,
    args: ["u1"],
    argTypes: [{ scalarType: "string" as const, arity: "scalar" as const }],
  });
  await adapter.queryRaw(query("SELECT ?"));
  const transaction = await adapter.startTransaction();
  await transaction.executeRaw(query("DELETE ?"));
  await transaction.commit();
  return sent;
}

describe("apps/prisma statements", () => {
  it("have of their connections all that Prisma's adapter asks for, except for geometries", async () => {
    const { pool, sent } = fakePool();
    const asked = (await sentBy(pool, sent)).map(([options]) => options as Record<string, unknown>);
    const wanted = asked.map(({ sql, typeCast, ...options }) => [sql, typeof typeCast, options]);
    assert.deepEqual(wanted, [
      ["SELECT ?", "function", ROW_OPTIONS],
      ["BEGIN", "undefined", {}],
      ["DELETE ?", "function", ROW_OPTIONS],
      ["COMMIT", "undefined", {}],
    ]);

    const typeCast = asked[0]?.typeCast as (field: object, next: () => string) => string;
    const types = [
      "TINY",
      "BIGINT",
      "BIT",
      "DATETIME",
      "NEWDECIMAL",
      "VAR_STRING",
      "BLOB",
      "JSON",
      "GEOMETRY",
    ];
    const cast = types.filter(
      (type) => typeCast({ type, buffer: () => "cast" }, () => "as it comes") !== "as it comes",
    );
    assert.deepEqual(cast, ["GEOMETRY"]);
  });

  it("are sent by connections of the service that have these options", async () => {
    const { database, ask, close } = await driven(() => undefined);
    try {
      assert.deepEqual((await ask("{ users { id } }")).data, { users: [{ id: "u1" }] });
      assert.deepEqual([...(await database.pool.query<string[][]>("SELECT `id`"))], [["u1"]]);
    } finally {
      await close();
    }
  });

  it("are sent with their values alone, in a transaction too", async () => {
    const { pool, sent } = fakePool();
    assert.deepEqual(await sentBy(withoutStatementOptions(pool), sent), [
      ["SELECT ?", ["u1"]],
      ["BEGIN", undefined],
      ["DELETE ?", ["u1"]],
      ["COMMIT", undefined],
    ]);
  });

  it("take the stacks of the driver's errors alone, whether it answers or throws", async () => {
    const { pool } = fakePool();
    const stacks: (string | undefined)[] = [];
    pool.execute = () => {
      stacks.push(new Error("no connection is idle").stack);
      throw new Error("closed");
    };
    pool.query = () => {
      stacks.push(new Error("no connection is idle").stack);
      return Promise.resolve("done") as never;
    };
    const ours = withoutStatementOptions(pool);
    assert.throws(() => void ours.execute("SELECT 1"), /closed/);
    assert.equal(await ours.query("SELECT 1"), "done");
    assert.deepEqual(stacks, Array(2).fill("Error: no connection is idle"));
    assert.match(new Error("another").stack ?? "", /\n +at /);
  });
});
