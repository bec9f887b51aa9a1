import Fastify from "fastify";
import { collectDefaultMetrics, Registry } from "prom-client";
import { createApp } from "./app.js";
import { Drain, drainAndClose } from "./drain.js";
import { type Env, readEnv, readPassword } from "./env.js";
import {
  type RedisConnectionOptions,
  connectPrimary,
  connectRedis,
  logConnection,
} from "./redis-connection.js";
import { RedisEntryStore } from "./redis-entry-store.js";

/** Longer than any request takes: the store's patience with Redis ends well before. */
const CLOSE_DEADLINE_MS = 10_000;

async function main(): Promise<void> {
  const env = readEnv();
  const { writer, reader, replica } = connect(env);
  const acknowledgingReplicas = env.REDIS_ACKNOWLEDGING_REPLICAS;
  const entries = new RedisEntryStore({ writer, reader, replica, acknowledgingReplicas });
  const drain = new Drain();
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });

  const app = createApp(
    { entries, pageSize: env.JOURNAL_ENTRIES, drain, metrics },
    { logger: { level: env.LOG_LEVEL } },
  );
  for (const redis of [writer, reader, replica]) logConnection(redis, app.log);
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

function connect(env: Env) {
  const user = { username: env.REDIS_USERNAME, password: readPassword(env.REDIS_PASSWORD_FILE) };
  const server = { host: env.REDIS_HOST, port: env.REDIS_PORT };
  const sentinels = env.REDIS_SENTINELS;
  const primary = (options: RedisConnectionOptions) =>
    sentinels
      ? connectPrimary({ ...options, sentinels, primaryName: env.REDIS_PRIMARY_NAME })
      : connectRedis({ ...options, ...server });
  return {
    writer: primary({ ...user, name: "writer" }),
    reader: primary({ ...user, name: "reader" }),
    replica: connectRedis({ ...user, ...server, name: "replica" }),
  };
}

main().catch((error: unknown) => {
  Fastify({ logger: true }).log.fatal(error);
  process.exit(1);
});
