import type { Connection, SqlError } from "mariadb";
import { createHash, randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseConfig } from "./config.js";
import { connectionOptions } from "./database.js";
import { createConnection } from "./driver.js";

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export interface MigrationState {
  readonly name: string;
  readonly state: "applied" | "pending" | "failed" | "changed" | "unknown";
  readonly at?: string;
}

/** Longer than a migration should take: whoever waits starts when another one has done it. */
const LOCK_SEC = 280;

/** The table in which Prisma's own tool notes what it did, so that either may go on where the other stopped. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at DATETIME(3),
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at DATETIME(3),
  started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`;

interface Row {
  readonly migration_name: string;
  readonly checksum: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly logs: string | null;
}

/** A migration that went wrong. What it did before stays done, since MySQL can't take back a CREATE TABLE. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/** The folder's migrations in the order of their names, which begin with the time of their making. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names
      .sort()
      .map(async (name) => ({ name, sql: await readFile(join(folder, name, "migration.sql"), "utf8") })),
  );
}

/**
 * Applies what is missing, in order; of several processes that start together one does it, and the others wait until
 * it is done. Returns the names of those that this one has applied.
 */
export async function migrate(database: DatabaseConfig, migrations: readonly Migration[]): Promise<string[]> {
  return withConnection(database, async (connection) => {
    const lock = `${database.database}.migrations`;
    const [held] = await connection.query<{ got: unknown }[]>("SELECT GET_LOCK(?, ?) AS got", [
      lock,
      LOCK_SEC,
    ]);
    if (Number(held?.got) !== 1) {
      throw new MigrationError(`another process has been migrating for more than ${LOCK_SEC} s`);
    }
    try {
      await connection.query(TABLE);
      return await applyMissing(connection, migrations);
    } finally {
      // The end of the connection does it too, should this fail.
      await connection.query("SELECT RELEASE_LOCK(?)", [lock]).catch(() => undefined);
    }
  });
}

/** What has become of each migration, of the folder and of the database. */
export async function migrationStates(
  database: DatabaseConfig,
  migrations: readonly Migration[],
): Promise<MigrationState[]> {
  const rows = await withConnection(database, readRows);
  const known = migrations.map(({ name, sql }): MigrationState => {
    const row = rows.find((other) => other.migration_name === name);
    if (!row) return { name, state: "pending" };
    const state =
      row.finished_at === null ? "failed" : row.checksum === checksumOf(sql) ? "applied" : "changed";
    return { name, state, at: (row.finished_at ?? row.started_at).toISOString() };
  });
  const others = rows.filter((row) => !migrations.some(({ name }) => name === row.migration_name));
  return [...known, ...others.map((row): MigrationState => ({ name: row.migration_name, state: "unknown" }))];
}

async function applyMissing(connection: Connection, migrations: readonly Migration[]): Promise<string[]> {
  const rows = await readRows(connection);
  const applied: string[] = [];
  for (const { name, sql } of migrations) {
    const row = rows.find((other) => other.migration_name === name);
    if (row && row.finished_at === null) {
      throw new MigrationError(
        `migration "${name}" failed before (${row.logs ?? "it was cut off"}); it is not tried again by itself. ${nextStep(name)}`,
      );
    }
    if (row && row.checksum !== checksumOf(sql)) {
      throw new MigrationError(
        `migration "${name}" was changed after it had been applied; write another one instead`,
      );
    }
    if (row) continue;
    await apply(connection, name, sql);
    applied.push(name);
  }
  // What is in the database alone comes from a newer version: this one is being rolled back to, or out of.
  return applied;
}

async function apply(connection: Connection, name: string, sql: string): Promise<void> {
  const id = randomUUID();
  await connection.query("INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (?, ?, ?)", [
    id,
    checksumOf(sql),
    name,
  ]);
  try {
    await connection.query(sql);
  } catch (error) {
    const { sqlMessage, message } = error as SqlError;
    const reason = sqlMessage ?? message;
    await connection
      .query("UPDATE _prisma_migrations SET logs = ? WHERE id = ?", [reason, id])
      .catch(() => undefined);
    throw new MigrationError(
      `migration "${name}" failed: ${reason}; what it did before this statement stays done. ${nextStep(name)}`,
      { cause: error },
    );
  }
  await connection.query(
    "UPDATE _prisma_migrations SET finished_at = CURRENT_TIMESTAMP(3), applied_steps_count = 1 WHERE id = ?",
    [id],
  );
}

/** The same after the first failure and at every later start: nobody but a person knows what the tables need. */
function nextStep(name: string): string {
  const row = `WHERE migration_name = '${name}'`;
  return (
    `Bring the tables by hand to where it begins and run "DELETE FROM _prisma_migrations ${row}", ` +
    `or to where it ends and run "UPDATE _prisma_migrations SET finished_at = NOW(3) ${row}"; then deploy again`
  );
}

async function readRows(connection: Connection): Promise<Row[]> {
  const tables = await connection.query<unknown[]>("SHOW TABLES LIKE '\\_prisma\\_migrations'");
  if (tables.length === 0) return [];
  return connection.query<Row[]>(
    "SELECT migration_name, checksum, started_at, finished_at, logs FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
}

/** A connection of its own: a migration may take longer than any request, and holds its lock by the connection. */
async function withConnection<T>(
  database: DatabaseConfig,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await createConnection({
    ...connectionOptions(database),
    multipleStatements: true,
    timezone: "Z",
  });
  try {
    return await use(connection);
  } finally {
    await connection.end().catch(() => undefined);
  }
}

function checksumOf(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}
