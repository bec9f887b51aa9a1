import Fastify from "fastify";
import { collectDefaultMetrics, Registry } from "prom-client";
import { createApp } from "./app.js";
import { connectDatabase, onceReachable } from "./database.js";
import { Drain, drainAndClose } from "./drain.js";
import { type Env, readEnv } from "./env.js";
import { type Migration, MigrationError, migrate, readMigrations } from "./migrations.js";

/** Longer than any request takes. */
const CLOSE_DEADLINE_MS = 20_000;

async function main([command, ...others]: readonly string[]): Promise<void> {
  const env = readEnv();
  const migrations = await readMigrations(env.PRISMA_MIGRATIONS);
  if (command === undefined) return serve(env, migrations);
  if (command === "migrate" && others.length === 0) return migrateOnly(env, migrations);
  throw new Error(`expected no argument, or "migrate", got "${[command, ...others].join(" ")}"`);
}

/** For a Job that is done before the servers of a version start: applies what is missing, and ends. */
async function migrateOnly({ config }: Env, migrations: readonly Migration[]): Promise<void> {
  const say = (details: object) => {
    console.log(JSON.stringify({ time: Date.now(), ...details }));
  };
  const applied = await onceReachable(
    () => migrate(config.databases.default, migrations),
    (error) => {
      say({ msg: "waiting for the database", error: error.message });
    },
  );
  say({ msg: "migrated", applied });
}

async function serve(env: Env, migrations: readonly Migration[]): Promise<void> {
  const { config } = env;
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
  function open(): Promise<void> {
    return onceReachable(
      async () => {
        if (config.databases.default.migrations) {
          const applied = await migrate(config.databases.default, migrations);
          app.log.info({ applied }, "migrated");
        }
        await database.check();
      },
      (error) => {
        app.log.warn({ err: error }, "waiting for the database");
      },
    );
  }

  async function leave(delayMs: number): Promise<void> {
    app.log.info({ delayMs }, "draining");
    const finished = await drainAndClose(app, drain, { delayMs, deadlineMs: CLOSE_DEADLINE_MS });
    app.log[finished ? "info" : "error"]({ finished }, "closed");
    process.exit(finished ? 0 : 1);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  // Of a Job that failed Pulumi and kubectl show the end of its log, which a stack would fill.
  Fastify({ logger: true }).log.fatal(error instanceof MigrationError ? error.message : error);
  process.exit(1);
});
