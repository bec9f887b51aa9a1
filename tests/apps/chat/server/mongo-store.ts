import { migrate } from "../../../../apps/chat/server/src/migrations.js";
import { MongoMessageStore } from "../../../../apps/chat/server/src/mongo-message-store.js";
import { FakeDatabase } from "./fake-database.js";

export async function mongoStore(
  database = new FakeDatabase(),
  { plansQueries = true } = {},
): Promise<MongoMessageStore> {
  await migrate(database.db);
  const store = new MongoMessageStore(database.db);
  store.open({ plansQueries });
  return store;
}
