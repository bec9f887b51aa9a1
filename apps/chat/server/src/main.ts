import { createAdapter } from "@socket.io/redis-streams-adapter";
import Fastify from "fastify";
import { collectDefaultMetrics, Registry } from "prom-client";
import { createApp } from "./app.js";
import { createChat } from "./chat.js";
import { Drain, moveEverybody } from "./drain.js";
import { type Env, readEnv, readSecret } from "./env.js";
import { connectMongo, openStore } from "./mongo-connection.js";
import { connectPrimary, connectRedis, logConnection, STREAM_BLOCK_MS } from "./redis-connection.js";

/** For what is left when everybody has moved. */
const CLOSE_DEADLINE_MS = 5000;

async function main(): Promise<void> {
  const env = readEnv();
  const drain = new Drain();
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { client, store } = connectMongo(readSecret("MONGO_URI_FILE", env.MONGO_URI_FILE));
  const redis = connectToRedis(env);

  const app = createApp({ store, registry, drain }, { logger: { level: env.LOG_LEVEL } });
  logConnection(redis, app.log);
  const chat = createChat(
    app.server,
    {
      store,
      registry,
      log: app.log,
      adapter: createAdapter(redis, {
        streamName: "chat:servers",
        channelPrefix: "chat:servers",
        // What it holds is soon stale, and the messages are in MongoDB; thousands of a large chat's lists of people
        // would fill the memory of Redis.
        maxLen: 500,
        blockTimeInMs: STREAM_BLOCK_MS,
      }),
      isLinkUp: () => redis.status === "ready",
    },
    {
      origins: env.CHAT_ORIGINS,
      requestsPerSec: env.CHAT_REQUESTS_PER_SEC,
      maxConnections: env.CHAT_MAX_CONNECTIONS,
    },
  );
  redis.on("ready", () => void chat.check());
  process.once("SIGTERM", () => void leave(env.DRAIN_DELAY_SEC * 1000, env.DRAIN_SPREAD_SEC * 1000));
  process.once("SIGINT", () => void leave(0, 0));

  await app.listen({ port: env.PORT, host: "0.0.0.0" });
  await openStore(client, store, app.log);

  async function leave(delayMs: number, spreadMs: number): Promise<void> {
    app.log.info({ delayMs, spreadMs, connections: chat.io.engine.clientsCount }, "draining");
    await moveEverybody(chat, drain, { delayMs, spreadMs });
    setTimeout(() => {
      app.log.error("not closed in time");
      process.exit(1);
    }, CLOSE_DEADLINE_MS).unref();
    await chat.close();
    await app.close();
    redis.disconnect();
    await store.close();
    app.log.info("closed");
    process.exit(0);
  }
}

function connectToRedis(env: Env) {
  const { REDIS_SENTINELS: sentinels, REDIS_HOST: host = "", REDIS_PORT: port } = env;
  const password =
    env.REDIS_PASSWORD_FILE === undefined
      ? undefined
      : readSecret("REDIS_PASSWORD_FILE", env.REDIS_PASSWORD_FILE);
  const user = { username: env.REDIS_USERNAME, password };
  return sentinels
    ? connectPrimary({ ...user, sentinels, primaryName: env.REDIS_PRIMARY_NAME })
    : connectRedis({ ...user, host, port });
}

main().catch((error: unknown) => {
  Fastify({ logger: true }).log.fatal(error);
  process.exit(1);
});
