import { PrismaMariaDb } from "@prisma/adapter-mariadb";
import type { Pool, PoolConfig } from "mariadb";
import { setTimeout as sleep } from "node:timers/promises";
import { PrismaClient } from "../generated/client/client.js";
import type { DatabaseConfig } from "./config.js";
import { createPool } from "./driver.js";
import { isConnectionLost, isReadOnly } from "./errors.js";
import { watchPool } from "./pool.js";
import { repeating } from "./repeats.js";
import { models } from "./schema/models.js";
import { ROW_OPTIONS, withoutStatementOptions } from "./statements.js";

/** A database that was restarted is back within this. */
const PATIENCE_MS = 10_000;
/** The database itself ends what takes longer, also when nobody waits for it any more. */
const STATEMENT_SEC = 10;
/** A database that has said nothing for longer is gone; only a write on MySQL may take longer, which nobody waits for. */
const SILENT_MS = STATEMENT_SEC * 1000 + 2000;
const RETRY_MS = 1000;
const PREPARED = 16;

/** A variable of one kind of server only stands in a comment that only that kind executes. */
const INIT_SQL =
  "SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = 5" +
  ` /*!50708 , SESSION max_execution_time = ${STATEMENT_SEC * 1000} */` +
  ` /*M!100100 , SESSION max_statement_time = ${STATEMENT_SEC} */`;

export function connectionOptions(database: DatabaseConfig): PoolConfig {
  const { host, port, user, password, ssl } = database;
  return {
    host,
    port,
    user,
    password,
    database: database.database,
    connectTimeout: 3000,
    // Encrypted; who the server is it proves by nothing but knowing the password's hash.
    ...(ssl && { ssl: { rejectUnauthorized: false } }),
    // Only a server that is reached without TLS needs it, over a proxy's loopback.
    allowPublicKeyRetrieval: !ssl,
  };
}

export interface Database {
  readonly client: PrismaClient;
  readonly pool: Pool;
  /** Whether a statement has been answered since the start. */
  readonly ready: boolean;
  /** Asks the database something that it always knows. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Told of every SQL statement. */
  readonly onStatement?: (sql: string) => void;
  /**
   * How long a statement waits for a connection, and one that the database refuses for another database.
   *
   * @default 10 s
   */
  readonly patienceMs?: number;
  /**
   * How long a connection may be silent under a statement.
   *
   * @default 12 s
   */
  readonly silentMs?: number;
  /**
   * A connection that is younger stays when the database refuses to write.
   *
   * @default 1 s
   */
  readonly youngMs?: number;
  /**
   * How long until a write that was refused is tried again.
   *
   * @default 500 ms
   */
  readonly pauseMs?: number;
}

/**
 * The models' client on a pool. While the database is away, statements wait for a connection; one that was under way
 * fails, and is repeated only if it reads: whether a write was done nobody knows, and it must not be done twice. One that
 * a read-only database has refused was not done, and is tried again on new connections.
 */
export function connectDatabase(config: DatabaseConfig, options: ConnectOptions = {}): Database {
  const { onStatement, patienceMs = PATIENCE_MS, silentMs = SILENT_MS, youngMs, pauseMs } = options;
  const pool = createPool({
    ...connectionOptions(config),
    ...ROW_OPTIONS,
    connectionLimit: config.connectionLimit,
    acquireTimeout: patienceMs,
    // Also in a quiet night some stay, so that the first request of the morning does not wait.
    minimumIdle: 1,
    minDelayValidation: 200,
    // Of each connection: a statement that it knows is one packet instead of three. Few, since each takes the server
    // up to 40 KB, and statements differ by the columns that they read and by the lengths of their lists.
    prepareCacheLength: PREPARED,
    initSql: INIT_SQL,
  });
  const { renew } = watchPool(pool, silentMs, youngMs);
  const adapter = new PrismaMariaDb(withoutStatementOptions(pool), { database: config.database });
  const client = new PrismaClient({
    adapter,
    // Otherwise an error brings the lines of the program around it, which a bundle has few and long of.
    errorFormat: "minimal",
    log: onStatement ? [{ emit: "event", level: "query" }] : [],
  });
  if (onStatement)
    client.$on("query", ({ query }) => {
      onStatement(query);
    });
  let ready = false;

  return {
    client: repeating(
      client,
      models.map(({ one }) => one),
      { onRefused: renew, patienceMs, pauseMs },
    ),
    pool,
    get ready() {
      return ready;
    },
    async check() {
      await pool.query("SELECT 1");
      ready = true;
    },
    async close() {
      await client.$disconnect();
      await pool.end();
    },
  };
}

/** Does it as soon as the database can be reached; what goes wrong for another reason is thrown. */
export async function onceReachable<T>(
  action: () => Promise<T>,
  onWait: (error: Error) => void,
  retryMs = RETRY_MS,
): Promise<T> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!isConnectionLost(error) && !isReadOnly(error)) throw error;
      onWait(error as Error);
      await sleep(retryMs);
    }
  }
}
