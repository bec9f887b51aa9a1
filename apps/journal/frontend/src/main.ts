import { collectDefaultMetrics, Registry } from "prom-client";
import { createApp } from "./app.js";
import { Drain, drainAndClose } from "./drain.js";
import { readEnv, readPassword } from "./env.js";
import { connectRedis, logConnection } from "./redis-connection.js";
import { RedisEntryStore } from "./redis-entry-store.js";

/** Longer than any request takes: Redis' command timeout ends them well before. */
const CLOSE_DEADLINE_MS = 10_000;

async function main(): Promise<void> {
  const env = readEnv();
  const redis = { port: env.REDIS_PORT, password: readPassword(env.REDIS_PASSWORD_FILE) };
  const primary = connectRedis({ ...redis, name: "primary", host: env.REDIS_WRITE_HOST });
  const replica = connectRedis({ ...redis, name: "replica", host: env.REDIS_HOST });
  const entries = new RedisEntryStore({ primary, replica });
  const drain = new Drain();
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });

  const app = createApp(
    { entries, pageSize: env.JOURNAL_ENTRIES, drain, metrics },
    { logger: { level: env.LOG_LEVEL } },
  );
  logConnection(primary, app.log);
  logConnection(replica, app.log);
  app.addHook("onClose", () => entries.close());
  process.once("SIGTERM", () => void leave(env.DRAIN_DELAY_SEC * 1000));
  process.once("SIGINT", () => void leave(0));

  await app.listen({ port: env.PORT, host: "0.0.0.0" });

  async function leave(delayMs: number): Promise<void> {
    app.log.info({ delayMs }, "draining");
    const finished = await drainAndClose(app, drain, { delayMs, deadlineMs: CLOSE_DEADLINE_MS });
    app.log[finished ? "info" : "error"]({ finished }, "closed");
    process.exit(finished ? 0 : 1);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
