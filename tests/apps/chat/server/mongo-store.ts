import { randomUUID } from "node:crypto";
import type { Message } from "../../../../apps/chat/server/src/events.js";
import type { Draft } from "../../../../apps/chat/server/src/message-store.js";
import { migrate } from "../../../../apps/chat/server/src/migrations.js";
import { MongoMessageStore } from "../../../../apps/chat/server/src/mongo-message-store.js";
import { FakeDatabase } from "./fake-database.js";

const AUTHOR = { id: "0123456789abcdef", nickname: "somebody" };

export function draft(text: string, room = "lobby", id = randomUUID()): Draft {
  return { room, id, author: AUTHOR, text };
}

export const texts = (messages: readonly Message[]) => messages.map(({ text }) => text);
export const places = (messages: readonly Message[]) => messages.map(({ seq }) => seq);

export async function mongoStore(
  database = new FakeDatabase(),
  { plansQueries = true } = {},
): Promise<MongoMessageStore> {
  await migrate(database.db);
  const store = new MongoMessageStore(database.db);
  store.open({ plansQueries });
  return store;
}
