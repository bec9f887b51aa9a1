import { collectDefaultMetrics, Registry } from "prom-client";
import { setTimeout as sleep } from "node:timers/promises";
import { createApp } from "./app.js";
import { connectDatabase } from "./database.js";
import { Drain, drainAndClose } from "./drain.js";
import { readEnv } from "./env.js";
import { isConnectionLost } from "./errors.js";
import { migrate, readMigrations } from "./migrations.js";

/** Longer than any request takes. */
const CLOSE_DEADLINE_MS = 20_000;
const RETRY_MS = 1000;

async function main(): Promise<void> {
  const env = readEnv();
  const { config } = env;
  const migrations = await readMigrations(env.PRISMA_MIGRATIONS);
  const database = connectDatabase(config.databases.default);
  const drain = new Drain();
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });

  const app = createApp(
    {
      config,
      database,
      migrations,
      drain,
      metrics,
      introspection: env.INTROSPECTION,
      playground: env.PLAYGROUND,
    },
    { logger: { level: env.LOG_LEVEL } },
  );
  app.addHook("onClose", () => database.close());
  process.once("SIGTERM", () => void leave(env.DRAIN_DELAY_SEC * 1000));
  process.once("SIGINT", () => void leave(0));

  await app.listen({ port: config.port, host: "0.0.0.0" });
  await open();

  /** Ready when the database is there and is what the models need it to be; until then the pod waits, alive. */
  async function open(): Promise<void> {
    for (;;) {
      try {
        if (config.databases.default.migrations) {
          const applied = await migrate(config.databases.default, migrations);
          app.log.info({ applied }, "migrated");
        }
        await database.check();
        return;
      } catch (error) {
        if (!isConnectionLost(error)) throw error;
        app.log.warn({ err: error }, "waiting for the database");
        await sleep(RETRY_MS);
      }
    }
  }

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
