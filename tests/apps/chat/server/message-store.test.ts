import assert from "node:assert/strict";
import type { Message } from "../../../../apps/chat/server/src/events.js";
import {
  END,
  MemoryMessageStore,
  type MessageStore,
} from "../../../../apps/chat/server/src/message-store.js";
import type { MongoMessageStore } from "../../../../apps/chat/server/src/mongo-message-store.js";
import { draft, places, texts } from "../messages.js";
import { FakeDatabase } from "./fake-database.js";
import { mongoStore } from "./mongo-store.js";

/** On a database on which each range of keys would be a walk through everything. */
function storeWithoutRanges(): Promise<MongoMessageStore> {
  const database = new FakeDatabase();
  database.beforeEach = (operation) => {
    assert.notEqual(operation, "find");
  };
  return mongoStore(database, { plansQueries: false });
}

const stores: Record<string, () => MessageStore | Promise<MessageStore>> = {
  MemoryMessageStore: () => new MemoryMessageStore(),
  MongoMessageStore: () => mongoStore(),
  "MongoMessageStore without a query planner": storeWithoutRanges,
};

for (const [name, create] of Object.entries(stores)) {
  describe(`apps/chat/server ${name}`, () => {
    let store: MessageStore;
    beforeEach(async () => {
      store = await create();
    });

    it("gives the messages of each room the places 1, 2, 3, …", async () => {
      await store.append([draft("a"), draft("b")], () => 0);
      await store.append([draft("elsewhere", "tea")], () => 0);
      await store.append([draft("c")], () => 2);

      assert.deepEqual(places(await store.after("lobby", 0, 10)), [1, 2, 3]);
      assert.deepEqual(texts(await store.after("lobby", 0, 10)), ["a", "b", "c"]);
      assert.deepEqual(places(await store.after("tea", 0, 10)), [1]);
    });

    it("gives back what it stored, to the letter", async () => {
      const given = draft("नमस्ते\n😀");
      const [message] = await store.append([given], () => 0);

      assert.deepEqual(await store.following("lobby", 0), [message]);
      const { sentAt, ...rest } = message as Message;
      assert.deepEqual(rest, { ...given, seq: 1 });
      assert.equal(new Date(sentAt).toISOString(), sentAt);
    });

    it("stores a draft that comes again only once, alone, among others and twice in one write", async () => {
      const again = draft("again");
      const [first] = await store.append([again], () => 0);
      const [, second, third] = await store.append([draft("b"), again, again, draft("c")], () => 1);

      assert.deepEqual([second, third], [first, first]);
      assert.deepEqual(texts(await store.after("lobby", 0, 10)), ["again", "b", "c"]);
    });

    it("reads pages after and before a place", async () => {
      await store.append(
        ["a", "b", "c", "d"].map((text) => draft(text)),
        () => 0,
      );

      assert.deepEqual(texts(await store.after("lobby", 1, 2)), ["b", "c"]);
      assert.deepEqual(texts(await store.after("lobby", 4, 2)), []);
      assert.deepEqual(texts(await store.before("lobby", 4, 2)), ["b", "c"]);
      assert.deepEqual(texts(await store.before("lobby", END, 2)), ["c", "d"]);
      assert.deepEqual(texts(await store.before("lobby", 100, 2)), ["c", "d"]);
      assert.deepEqual(texts(await store.before("lobby", 1, 2)), []);
    });

    it("reads what follows a place, up to the end of the room", async () => {
      await store.append(
        ["a", "b", "c", "d"].map((text) => draft(text)),
        () => 0,
      );

      assert.deepEqual(texts(await store.following("lobby", 1)), ["b", "c", "d"]);
      assert.deepEqual(texts(await store.following("lobby", 4)), []);
      assert.deepEqual(texts(await store.following("elsewhere", 0)), []);
    });

    it("keeps rooms apart whose names begin alike", async () => {
      await store.append([draft("a", "tea")], () => 0);
      await store.append([draft("b", "tea-time")], () => 0);
      await store.append([draft("c", "te")], () => 0);

      assert.deepEqual(texts(await store.after("tea", 0, 10)), ["a"]);
      assert.deepEqual(texts(await store.before("tea", END, 10)), ["a"]);
    });

    it("finds the end of the room when the caller is wrong about it", async () => {
      await store.append(
        ["a", "b", "c"].map((text) => draft(text)),
        () => 0,
      );

      assert.deepEqual(places(await store.append([draft("d")], () => 0)), [4]);
      assert.deepEqual(places(await store.append([draft("e")], () => 2)), [5]);
    });
  });
}
