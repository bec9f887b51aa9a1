import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onceReachable } from "../../../apps/prisma/src/database.js";
import { startProgram } from "../start-program.js";
import { FakeMariaDb } from "./fake-maria-db.js";
import { VARIABLES } from "./service.js";

const away = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:3306"), { code: "ECONNREFUSED" });

describe("apps/prisma migrate", () => {
  it("waits for a database that is away, and says so each time", async () => {
    let tries = 0;
    const said: string[] = [];
    const result = await onceReachable(
      () => (++tries < 3 ? Promise.reject(away) : Promise.resolve("migrated")),
      ({ message }) => said.push(message),
      1,
    );
    assert.equal(result, "migrated");
    assert.deepEqual(said, [away.message, away.message]);
  });

  it("fails at once when the database is there and says no", async () => {
    const refused = new Error("Access denied for user");
    const said: string[] = [];
    await assert.rejects(
      onceReachable(
        () => Promise.reject(refused),
        ({ message }) => said.push(message),
      ),
      refused,
    );
    assert.deepEqual(said, []);
  });

  it("is the only command: another one ends the program before it looks for a database", async () => {
    const run = async (...args: string[]) => {
      const { status, lines } = await startProgram("apps/prisma/src/main.ts", VARIABLES, args);
      return [status, lines.map(({ level, msg }) => [level, msg])];
    };
    const refused = (got: string) => [1, [[60, `expected no argument, or "migrate", got "${got}"`]]];
    assert.deepEqual(await run("migrat"), refused("migrat"));
    assert.deepEqual(await run("migrate", "now"), refused("migrate now"));
  });

  it("ends with nothing but the reason when a migration fails, since little of a Job's log is shown", async () => {
    const folder = mkdtempSync(join(tmpdir(), "migrations-"));
    mkdirSync(join(folder, "1_shop"));
    writeFileSync(join(folder, "1_shop/migration.sql"), "CREATE TABLE shop (id NONSENSE)");
    const server = await FakeMariaDb.start((sql) => {
      if (sql.includes("GET_LOCK")) return [{ got: "1" }];
      if (sql.startsWith("SHOW TABLES")) return [];
      return sql.startsWith("CREATE TABLE shop") ? [4161, "Unknown data type: 'NONSENSE'"] : "ok";
    });
    try {
      const { port } = server.database;
      const PRISMA_CONFIG = VARIABLES.PRISMA_CONFIG.replace("port: 1,", `port: ${port},`);
      const env = { PRISMA_CONFIG, PRISMA_MIGRATIONS: folder };
      const { status, lines } = await startProgram("apps/prisma/src/main.ts", env, ["migrate"]);
      assert.deepEqual([status, lines.map(({ level }) => level)], [1, [60]]);
      const [line = { msg: "" }] = lines;
      assert.deepEqual(Object.keys(line), ["level", "time", "pid", "hostname", "msg"]);
      assert.match(
        line.msg,
        /^migration "1_shop" failed: Unknown data type: 'NONSENSE'; .*; then deploy again$/,
      );
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
