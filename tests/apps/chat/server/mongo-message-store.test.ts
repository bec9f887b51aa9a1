import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { MessageStore } from "../../../../apps/chat/server/src/message-store.js";
import { MongoMessageStore } from "../../../../apps/chat/server/src/mongo-message-store.js";
import { draft, places, texts } from "../messages.js";
import { FakeDatabase } from "./fake-database.js";
import { mongoStore } from "./mongo-store.js";

/** As another server does, at once: with a message like one that is there. */
function fill(documents: ReturnType<FakeDatabase["collection"]>["documents"], seq: number): void {
  const [any] = documents.values();
  const _id = `lobby/${String(seq).padStart(16, "0")}`;
  documents.set(_id, { ...any, _id, seq, key: randomUUID() });
}

describe("apps/chat/server MongoMessageStore with several servers", () => {
  it("never shows a message before one with an earlier place, and leaves no gap", async () => {
    const database = new FakeDatabase();
    const servers = await Promise.all([mongoStore(database), mongoStore(database), mongoStore(database)]);
    const seen = new Set<string>();
    let worst = 0;
    database.beforeEach = () => {
      const known = [...database.collection("messages").documents.values()].map(({ seq }) => Number(seq));
      worst = Math.max(worst, Math.max(0, ...known) - known.length);
    };

    await Promise.all(
      servers.map(async (server, index) => {
        let head = 0;
        for (let round = 0; round < 10; round++) {
          const stored = await server.append(
            [draft(`${index}:${round}a`), draft(`${index}:${round}b`)],
            () => head,
          );
          head = stored.at(-1)?.seq ?? head;
          texts(stored).forEach((text) => seen.add(text));
        }
      }),
    );

    const all = await (servers[0] as MessageStore).after("lobby", 0, 100);
    assert.equal(worst, 0);
    assert.deepEqual(
      places(all),
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
    assert.deepEqual(new Set(texts(all)), seen);
    for (const [index] of servers.entries()) {
      const own = texts(all).filter((text) => text.startsWith(`${index}:`));
      assert.deepEqual(own, [...own].sort());
    }
  });

  it("finds the end of a room that others have filled in a few questions, however far it is", async () => {
    for (const others of [1, 2, 3, 15, 16, 17, 100, 127, 128, 300]) {
      const database = new FakeDatabase();
      const store = await mongoStore(database);
      const told = Array.from({ length: others }, (_, index) => draft(String(index)));
      await store.append(told, () => 0);
      let questions = 0;
      database.beforeEach = () => (questions += 1);

      assert.deepEqual(places(await store.append([draft("mine")], () => 0)), [others + 1]);
      assert.ok(questions <= 4 + 2 * Math.log2(others), `${questions} questions for ${others}`);
    }
  });

  it("asks the store no more than where the room goes on when others have told of what they wrote meanwhile", async () => {
    const database = new FakeDatabase();
    const store = await mongoStore(database);
    await store.append(
      Array.from({ length: 100 }, (_, index) => draft(String(index))),
      () => 0,
    );
    const questions: string[] = [];
    database.beforeEach = (operation) => questions.push(operation);
    const headOf = () => (questions.length === 0 ? 0 : 100);

    assert.deepEqual(places(await store.append([draft("mine")], headOf)), [101]);
    assert.deepEqual(questions, ["insertMany", "findOne", "insertMany"]);
  });

  it("goes on where the room ends after its pause, not where it ended before", async () => {
    const database = new FakeDatabase();
    const { documents } = database.collection("messages");
    const [store, others] = await Promise.all([mongoStore(database), mongoStore(database)]);
    await others.append([draft("theirs")], () => 0);
    let told = 0;
    const questions: string[] = [];
    database.beforeEach = (operation) => {
      questions.push(operation);
      // They win the second place too, and the third one while it waits; of that they tell.
      if (questions.length === 4) fill(documents, 2);
      if (questions.length === 6) {
        setTimeout(() => {
          fill(documents, 3);
          told = 3;
        });
      }
    };

    assert.deepEqual(places(await store.append([draft("mine")], () => told)), [4]);
    const attempt = ["insertMany", "findOne", "findOne"];
    assert.deepEqual(questions, [...attempt, ...attempt, "insertMany"]);
  });

  it("leaves no message out of a page whose places are filled while it looks at them one by one", async () => {
    const database = new FakeDatabase();
    const { documents } = database.collection("messages");
    const store = await mongoStore(database, { plansQueries: false });
    await store.append(
      Array.from({ length: 10 }, (_, index) => draft(String(index))),
      () => 0,
    );
    let looks = 0;
    database.beforeEach = () => {
      looks += 1;
      // Between its first look at fifteen places and the next one.
      if (looks !== 16) return;
      for (let seq = 11; seq <= 17; seq++) fill(documents, seq);
    };

    assert.deepEqual(
      places(await store.after("lobby", 0, 100)),
      Array.from({ length: 17 }, (_, index) => index + 1),
    );
  });

  it("stores the same draft once when two servers get it at the same time", async () => {
    const database = new FakeDatabase();
    const [one, two] = await Promise.all([mongoStore(database), mongoStore(database)]);
    const same = draft("same");

    const [[first], [second]] = await Promise.all([one.append([same], () => 0), two.append([same], () => 0)]);

    assert.deepEqual(first, second);
    assert.equal(database.collection("messages").documents.size, 1);
  });

  it("stores nothing before the indexes are there", async () => {
    const store = new MongoMessageStore(new FakeDatabase().db);

    assert.equal(store.ready, false);
    await assert.rejects(
      store.append([draft("x")], () => 0),
      /^StoreUnavailableError: the indexes are not there yet$/,
    );
  });

  it("says that it is unavailable when the database fails, with none of the message's words", async () => {
    const database = new FakeDatabase();
    const store = await mongoStore(database);
    database.beforeEach = (operation) => {
      throw Object.assign(new Error(`${operation} timed out`), { document: "secret words" });
    };

    const error = await store.append([draft("secret words")], () => 0).catch((reason: unknown) => reason);

    assert.equal(String(error), "StoreUnavailableError: insertMany timed out");
    assert.equal(JSON.stringify(error, Object.getOwnPropertyNames(error)).includes("secret"), false);
  });
});
