import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { openStore, plansQueries } from "../../../../apps/chat/server/src/mongo-connection.js";
import { MongoMessageStore } from "../../../../apps/chat/server/src/mongo-message-store.js";

describe("apps/chat/server/mongo-connection", () => {
  it("takes FerretDB 1 for a database that finds nothing but single keys, and no other", async () => {
    const says = (info: object) => ({ command: () => Promise.resolve(info) }) as never;

    assert.equal(await plansQueries(says({ version: "7.0.42", ferretdbVersion: "v1.24.2" })), false);
    assert.equal(await plansQueries(says({ version: "8.0.4" })), true);
  });

  it("looks for a database that was away at the start until it is there", async () => {
    let connections = 0;
    const database = createServer((socket) => {
      connections++;
      socket.destroy();
    }).listen(0, "127.0.0.1");
    await once(database, "listening");
    const { port } = database.address() as { port: number };
    const client = new MongoClient(`mongodb://127.0.0.1:${port}/chat`, { serverSelectionTimeoutMS: 20 });
    const store = new MongoMessageStore(client.db());
    const reasons: unknown[] = [];
    const log = {
      info: () => undefined,
      warn: (fields: { reason?: unknown }) => void reasons.push(fields.reason),
    };

    const opening = openStore(client, store, log, 10);
    await sleep(150);
    const before = connections;
    await sleep(150);
    const after = connections;
    store.open(); // Ends the search.
    await opening;
    await client.close();
    database.close();

    assert.ok(after > before, `${before} connections, and no more after that`);
    assert.ok(!reasons.includes("Topology is closed"), reasons.join("; "));
  });
});
