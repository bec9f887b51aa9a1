import { setTimeout as sleep } from "node:timers/promises";
import { type Db, MongoClient } from "mongodb";
import { migrate } from "./migrations.js";
import { MongoMessageStore } from "./mongo-message-store.js";
import type { ConnectionLog } from "./redis-connection.js";

const RETRY_MS = 1000;

/**
 * A store whose answers come, or fail, within seconds. A message counts as stored when most members of the database's
 * replica set have it, and only such messages are read: one that could still be undone is seen by nobody.
 */
export function connectMongo(uri: string): { client: MongoClient; store: MongoMessageStore } {
  const client = new MongoClient(uri, {
    appName: "chat-server",
    writeConcern: { w: "majority", wtimeoutMS: 5000 },
    readConcern: { level: "majority" },
    readPreference: "primary",
    serverSelectionTimeoutMS: 3000,
    connectTimeoutMS: 3000,
    socketTimeoutMS: 10_000,
    maxPoolSize: 20,
    waitQueueTimeoutMS: 5000,
    heartbeatFrequencyMS: 2000,
  });
  return { client, store: new MongoMessageStore(client.db(), () => client.close()) };
}

/** Tries until the database has the shape that the store needs; from then on the store is ready. */
export async function openStore(
  client: MongoClient,
  store: MongoMessageStore,
  log: ConnectionLog,
  retryMs = RETRY_MS,
): Promise<void> {
  for (let reported = ""; !store.ready;) {
    try {
      // Anew each time: after a failure a client that connects by itself stays closed for ever.
      await client.connect();
      await migrate(client.db());
      store.open({ plansQueries: await plansQueries(client.db()) });
      log.info({}, "connected to MongoDB");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== reported) log.warn({ reason }, "cannot reach MongoDB");
      reported = reason;
      await sleep(retryMs);
    }
  }
}

/** FerretDB 1 finds a document by its key, and goes through the whole collection for anything else. */
export async function plansQueries(db: Pick<Db, "command">): Promise<boolean> {
  return !("ferretdbVersion" in (await db.command({ buildInfo: 1 })));
}
