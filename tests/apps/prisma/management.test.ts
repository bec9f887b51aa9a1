import assert from "node:assert/strict";
import type { Migration } from "../../../apps/prisma/src/migrations.js";
import { FakeMariaDb, type Reply } from "./fake-maria-db.js";
import { SECRET, service } from "./service.js";

const REASON = "Unknown data type: 'NONSENSE'";
const BROKEN = "CREATE TABLE broken (id NONSENSE)";
const migrationOf = (name: string, sql = `CREATE TABLE ${name} (id INT)`): Migration => ({
  name: `20261201090000_${name}`,
  sql,
});

/** A database that keeps the rows of its migrations, and knows no statement that is nonsense. */
function migratingDatabase(): (sql: string) => Reply {
  let isTableThere = false;
  const rows = new Map<string, Record<string, string | null>>();
  return (sql) => {
    if (sql.includes("GET_LOCK")) return [{ got: "1" }];
    if (sql === BROKEN) return [4161, REASON];
    if (sql.startsWith("CREATE TABLE IF NOT EXISTS _prisma_migrations")) isTableThere = true;
    if (sql.startsWith("SHOW TABLES")) return isTableThere ? [{ name: "_prisma_migrations" }] : [];
    if (sql.startsWith("SELECT migration_name")) return [...rows.values()];
    const [, id = "", checksum = "", name = ""] =
      /^INSERT .* VALUES \('(.*)', '(.*)', '(.*)'\)$/.exec(sql) ?? [];
    if (id !== "") {
      const started_at = "2026-12-01 09:00:00.000";
      rows.set(id, { migration_name: name, checksum, started_at, finished_at: null, logs: null });
    }
    const row = rows.get(/^UPDATE .* WHERE id = '(.*)'$/.exec(sql)?.[1] ?? "");
    if (row) Object.assign(row, /SET logs/.test(sql) ? { logs: REASON } : { finished_at: row.started_at });
    return "ok";
  };
}

describe("apps/prisma management of migrations", () => {
  let server: FakeMariaDb;
  beforeEach(async () => {
    server = await FakeMariaDb.start(migratingDatabase());
  });
  afterEach(() => server.stop());

  /** Asks the HTTP service whose migrations these are. */
  function management(...migrations: Migration[]) {
    const { app } = service({ secret: SECRET, migrations, databasePort: server.database.port });
    const ask = async (method: "GET" | "POST") => {
      const headers = { authorization: `Bearer ${SECRET}` };
      const { statusCode, body } = await app.inject({ method, url: "/management/migrations", headers });
      return [statusCode, JSON.parse(body)] as const;
    };
    return {
      apply: () => ask("POST"),
      states: async () => {
        const [status, { migrations: all }] = await ask("GET");
        assert.equal(status, 200);
        return all.map(({ name, state, at }: Record<string, string>) => [name, state, at]);
      },
    };
  }

  const AT = "2026-12-01T09:00:00.000Z";

  it("applies what is pending, tells what that was, and has nothing to apply afterwards", async () => {
    const migrations = [migrationOf("shop"), migrationOf("user")];
    const [shop, user] = migrations.map(({ name }) => name);
    const { apply, states } = management(...migrations);

    assert.deepEqual(await states(), [
      [shop, "pending", undefined],
      [user, "pending", undefined],
    ]);
    assert.deepEqual(await apply(), [200, { applied: [shop, user] }]);
    assert.deepEqual(await states(), [
      [shop, "applied", AT],
      [user, "applied", AT],
    ]);
    assert.deepEqual(await apply(), [200, { applied: [] }]);
    assert.equal(server.sqlOf(/^CREATE TABLE (shop|user)/).length, 2);
  });

  it("stops at one that fails with a 409, which tells the reason, the next step, and nothing else", async () => {
    const broken = migrationOf("broken", BROKEN);
    const migrations = [migrationOf("shop"), broken, migrationOf("user")];
    const [shop, , user] = migrations.map(({ name }) => name);
    const { apply, states } = management(...migrations);
    const row = `WHERE migration_name = '${broken.name}'`;
    const nextStep =
      `Bring the tables by hand to where it begins and run "DELETE FROM _prisma_migrations ${row}", ` +
      `or to where it ends and run "UPDATE _prisma_migrations SET finished_at = NOW(3) ${row}"; then deploy again`;
    const refusal = (message: string) => [409, { error: { code: "MIGRATION_FAILED", message } }];

    assert.deepEqual(
      await apply(),
      refusal(
        `migration "${broken.name}" failed: ${REASON}; what it did before this statement stays done. ${nextStep}`,
      ),
    );
    assert.deepEqual(await states(), [
      [shop, "applied", AT],
      [broken.name, "failed", AT],
      [user, "pending", undefined],
    ]);
    assert.deepEqual(
      await apply(),
      refusal(
        `migration "${broken.name}" failed before (${REASON}); it is not tried again by itself. ${nextStep}`,
      ),
    );
    assert.equal(server.sqlOf(/^CREATE TABLE (broken|user)/).length, 1);
  });

  it("answers 500 without a word about the database that it does not reach", async () => {
    const { apply } = management(migrationOf("shop"));
    server.away = "cut";
    const errors = [{ message: "something went wrong on our side", extensions: { code: "INTERNAL" } }];
    assert.deepEqual(await apply(), [500, { errors }]);
  });
});
