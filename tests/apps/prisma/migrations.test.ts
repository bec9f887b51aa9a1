import assert from "node:assert/strict";
import { type Migration, MigrationError, migrate } from "../../../apps/prisma/src/migrations.js";
import { FakeMariaDb } from "./fake-maria-db.js";

const SHOP: Migration = { name: "20261201090000_shop", sql: "CREATE TABLE shop (id NONSENSE)" };
const REASON = "Unknown data type: 'NONSENSE'";
const NEXT_STEP =
  `Bring the tables by hand to where it begins and run "DELETE FROM _prisma_migrations WHERE migration_name = '20261201090000_shop'", ` +
  `or to where it ends and run "UPDATE _prisma_migrations SET finished_at = NOW(3) WHERE migration_name = '20261201090000_shop'"; then deploy again`;

/** What a start says about the migration, when these are the rows of the attempts before. */
async function failureOf(...rows: Readonly<Record<string, string | null>>[]) {
  const server = await FakeMariaDb.start((sql) => {
    if (sql.includes("GET_LOCK")) return [{ got: "1" }];
    if (sql.startsWith("SHOW TABLES")) return [{ name: "_prisma_migrations" }];
    if (sql.startsWith("SELECT migration_name")) return rows;
    return sql === SHOP.sql ? [4161, REASON] : "ok";
  });
  try {
    const error: unknown = await migrate(server.database, [SHOP]).catch((failure: unknown) => failure);
    assert.ok(error instanceof MigrationError, "expected a MigrationError");
    return { message: error.message, tried: server.sqlOf(/^CREATE TABLE shop/).length, server };
  } finally {
    await server.stop();
  }
}

const failed = (logs: string | null) => ({
  migration_name: SHOP.name,
  checksum: "",
  started_at: "",
  finished_at: null,
  logs,
});

describe("apps/prisma migrations", () => {
  it("tell of one that fails its name, the statement's own error and the next step, and note the error", async () => {
    const { message, tried, server } = await failureOf();
    assert.equal(
      message,
      `migration "${SHOP.name}" failed: ${REASON}; what it did before this statement stays done. ${NEXT_STEP}`,
    );
    assert.equal(tried, 1);
    assert.match(server.sqlOf(/SET logs/)[0] ?? "", /Unknown data type/);
  });

  it("tell the same of one that failed at an earlier start, which they do not try again", async () => {
    const before = await failureOf(failed(REASON));
    assert.equal(
      before.message,
      `migration "${SHOP.name}" failed before (${REASON}); it is not tried again by itself. ${NEXT_STEP}`,
    );
    assert.equal(before.tried, 0);

    const { message } = await failureOf(failed(null));
    assert.ok(message.startsWith(`migration "${SHOP.name}" failed before (it was cut off);`), message);
  });
});
