import assert from "node:assert/strict";
import type { Message } from "../../../../apps/chat/server/src/events.js";
import { MemoryMessageStore } from "../../../../apps/chat/server/src/message-store.js";
import { RoomFeed } from "../../../../apps/chat/server/src/room-feed.js";
import { draftOf, places } from "../messages.js";

describe("apps/chat/server room feed", () => {
  it("asks the store once for a room that many open at the same time, and once for what many miss", async () => {
    const calls: string[] = [];
    class CountingStore extends MemoryMessageStore {
      override before(...args: [string, number, number]) {
        calls.push("before");
        return super.before(...args);
      }
      override following(...args: [string, number]) {
        calls.push("following");
        return super.following(...args);
      }
    }
    const store = new CountingStore();
    const delivered: number[] = [];
    const feed = feedOf(store, delivered);
    await Promise.all(Array.from({ length: 50 }, () => feed.open("lobby")));
    await store.append(["a", "b", "c"].map(draftOf));

    await Promise.all([feed.check(), feed.check(), feed.check()]);

    assert.deepEqual(calls, ["before", "following", "following", "following"]);
    assert.deepEqual(delivered, [1, 2, 3]);
  });

  it("delivers nothing of a closed room, and what was missed when it is opened again", async () => {
    const store = new MemoryMessageStore();
    const delivered: number[] = [];
    const feed = feedOf(store, delivered);
    await feed.open("lobby");
    feed.close("lobby");
    const [stored] = await store.append([draftOf("a")]);
    feed.offer(stored as Message);
    await feed.check();
    assert.deepEqual(delivered, []);

    const log = await feed.open("lobby");

    assert.equal(log.head, 1);
  });

  it("goes on after a message that somebody removed from the store", async () => {
    const removed = new Set<number>();
    class RemovingStore extends MemoryMessageStore {
      override async after(...args: [string, number, number]) {
        return (await super.after(...args)).filter(({ seq }) => !removed.has(seq));
      }
      override async following(...args: [string, number]) {
        const found = await super.following(...args);
        const end = found.findIndex(({ seq }) => removed.has(seq));
        return end === -1 ? found : found.slice(0, end);
      }
    }
    const store = new RemovingStore();
    const delivered: number[] = [];
    const feed = feedOf(store, delivered);
    await feed.open("lobby");
    const stored = await store.append(["a", "b", "c"].map(draftOf));
    removed.add(2);

    feed.offer(stored[0] as Message);
    feed.offer(stored[2] as Message);
    await feed.check();

    assert.deepEqual(delivered, [1, 3]);
  });

  it("reads a room from where somebody has been who comes back, or its last page where that is far or unknown", async () => {
    const read: number[] = [];
    class ReadingStore extends MemoryMessageStore {
      override async after(...args: [string, number, number]) {
        const messages = await super.after(...args);
        read.push(...places(messages));
        return messages;
      }
      override async before(...args: [string, number, number]) {
        const messages = await super.before(...args);
        read.push(...places(messages));
        return messages;
      }
    }
    const store = new ReadingStore();
    const drafts = Array.from({ length: 500 }, (_, index) => draftOf(`m${index}`));
    await store.append(drafts);
    const openedAfter = async (after: number) => {
      read.length = 0;
      const log = await feedOf(store, []).open("lobby", after);
      return [log.head, Math.min(...read), read.length];
    };

    assert.deepEqual(await openedAfter(480), [500, 466, 15]);
    assert.deepEqual(await openedAfter(299), [500, 285, 216]);
    assert.deepEqual(await openedAfter(1000), [500, 301, 200]);
    assert.deepEqual(await openedAfter(0), [500, 301, 200]);
  });

  it("reads the last page when the place it should begin at is filled before one that comes earlier", async () => {
    class FillingStore extends MemoryMessageStore {
      override async after(...args: [string, number, number]) {
        const messages = await super.after(...args);
        return messages.filter(({ seq }) => seq !== 19);
      }
    }
    const store = new FillingStore();
    await store.append(Array.from({ length: 20 }, (_, index) => draftOf(`m${index}`)));

    const log = await feedOf(store, []).open("lobby", 20);

    assert.deepEqual(places(log.after(17, 10)), [18, 19, 20]);
  });

  it("reports a store that does not answer, and delivers at the next check", async () => {
    let isAway = false;
    class AwayStore extends MemoryMessageStore {
      override following(...args: [string, number]) {
        return isAway ? Promise.reject(new Error("away")) : super.following(...args);
      }
    }
    const store = new AwayStore();
    const delivered: number[] = [];
    const errors: unknown[] = [];
    const feed = feedOf(store, delivered, errors);
    await feed.open("lobby");
    await store.append([draftOf("a")]);

    isAway = true;
    await feed.check();
    isAway = false;
    await feed.check();

    assert.deepEqual([errors.map(String), delivered], [["Error: away"], [1]]);
  });

  function feedOf(store: MemoryMessageStore, delivered: number[], errors: unknown[] = []): RoomFeed {
    return new RoomFeed({
      store,
      deliver: ({ seq }) => delivered.push(seq),
      onError: (error) => errors.push(error),
    });
  }
});
