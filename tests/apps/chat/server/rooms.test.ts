import assert from "node:assert/strict";
import fc from "fast-check";
import type { Message } from "../../../../apps/chat/server/src/events.js";
import { type Draft, MemoryMessageStore } from "../../../../apps/chat/server/src/message-store.js";
import { RoomFeed } from "../../../../apps/chat/server/src/room-feed.js";
import { RoomLog } from "../../../../apps/chat/server/src/room-log.js";
import { RoomWriter } from "../../../../apps/chat/server/src/room-writer.js";
import { TokenBucket } from "../../../../apps/chat/server/src/token-bucket.js";

const AUTHOR = { id: "0123456789abcdef", nickname: "somebody" };

function message(seq: number): Message {
  return {
    room: "lobby",
    seq,
    id: `m${seq}`,
    author: AUTHOR,
    text: `m${seq}`,
    sentAt: "2026-01-01T00:00:00.000Z",
  };
}

function draft(id: string): Draft {
  return { room: "lobby", id, author: AUTHOR, text: id };
}

const places = (messages: readonly Message[] = []) => messages.map(({ seq }) => seq);

describe("apps/chat/server room log", () => {
  it("lets every message out once and in order, in whatever order and however often they come", () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 120 });
    fc.assert(
      fc.property(arrivals, (order) => {
        const log = new RoomLog([]);
        const out = [...order, ...Array.from({ length: 30 }, (_, index) => index + 1)].flatMap((seq) =>
          log.add(message(seq)),
        );

        assert.deepEqual(
          places(out),
          Array.from({ length: 30 }, (_, index) => index + 1),
        );
        assert.equal(log.hasGap, false);
      }),
    );
  });

  it("knows what comes after and before a place as long as that is all in memory", () => {
    const log = new RoomLog([]);
    for (let seq = 1; seq <= 300; seq++) log.add(message(seq));

    assert.deepEqual(places(log.after(297, 10)), [298, 299, 300]);
    assert.deepEqual(places(log.after(100, 2)), [101, 102]);
    assert.equal(log.after(99, 2), undefined);
    assert.deepEqual(places(log.after(300, 5)), []);
    assert.deepEqual(places(log.before(104, 3)), [101, 102, 103]);
    assert.equal(log.before(103, 3), undefined);
  });

  it("knows that nothing comes before the first message", () => {
    const log = new RoomLog([message(1), message(2)]);

    assert.deepEqual(places(log.before(10, 50)), [1, 2]);
    assert.deepEqual(new RoomLog([]).before(10, 50), []);
  });
});

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
    await store.append(["a", "b", "c"].map(draft));

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
    const [stored] = await store.append([draft("a")]);
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
    const stored = await store.append(["a", "b", "c"].map(draft));
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
    const drafts = Array.from({ length: 500 }, (_, index) => draft(`m${index}`));
    await store.append(drafts);
    const openedAfter = async (after: number) => {
      read.length = 0;
      const log = await feedOf(store, []).open("lobby", after);
      return [log.head, Math.min(...read), read.length];
    };

    assert.deepEqual(await openedAfter(480), [500, 465, 16]);
    assert.deepEqual(await openedAfter(299), [500, 284, 217]);
    assert.deepEqual(await openedAfter(1000), [500, 301, 200]);
    assert.deepEqual(await openedAfter(0), [500, 301, 200]);
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
    await store.append([draft("a")]);

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

describe("apps/chat/server room writer", () => {
  it("writes what comes during a write with the next one together, in the order in which it came", async () => {
    const writes: string[][] = [];
    class CountingStore extends MemoryMessageStore {
      override append(drafts: readonly Draft[]) {
        writes.push(drafts.map(({ id }) => id));
        return super.append(drafts);
      }
    }
    const writer = new RoomWriter(new CountingStore(), () => 0);

    const stored = await Promise.all(["a", "b", "c", "d"].map((id) => writer.write(draft(id))));

    assert.deepEqual(writes, [["a"], ["b", "c", "d"]]);
    assert.deepEqual(places(stored), [1, 2, 3, 4]);
  });

  it("lets others write to the room after each of its own writes, also after one that failed", async () => {
    const happened: string[] = [];
    class AwayStore extends MemoryMessageStore {
      override async append(drafts: readonly Draft[]) {
        const ids = drafts.map(({ id }) => id).join("+");
        happened.push(`write ${ids}`);
        if (ids === "a") throw new Error("away");
        return super.append(drafts);
      }
    }
    const pause = () => {
      happened.push("pause");
      return Promise.resolve();
    };
    const writer = new RoomWriter(new AwayStore(), () => 0, pause);

    await Promise.allSettled(["a", "b", "c"].map((id) => writer.write(draft(id))));
    await writer.idle();

    assert.deepEqual(happened, ["write a", "pause", "write b+c", "pause"]);
  });

  it("writes a message once that is sent again before the first write has ended", async () => {
    const writes: string[] = [];
    class RecordingStore extends MemoryMessageStore {
      override append(drafts: readonly Draft[]) {
        writes.push(...drafts.map(({ id }) => id));
        return super.append(drafts);
      }
    }
    const writer = new RoomWriter(new RecordingStore(), () => 0);

    const stored = await Promise.all(["a", "b", "a", "b"].map((id) => writer.write(draft(id))));

    assert.deepEqual(writes, ["a", "b"]);
    assert.deepEqual(places(stored), [1, 2, 1, 2]);
  });

  it("fails those of a write that failed, and goes on with the others", async () => {
    let count = 0;
    class FailingOnceStore extends MemoryMessageStore {
      override append(drafts: readonly Draft[]) {
        count += 1;
        return count === 1 ? Promise.reject(new Error("away")) : super.append(drafts);
      }
    }
    const writer = new RoomWriter(new FailingOnceStore(), () => 0);

    const results = await Promise.allSettled(["a", "b"].map((id) => writer.write(draft(id))));
    await writer.idle();

    assert.deepEqual(
      results.map((result) => (result.status === "fulfilled" ? result.value.seq : String(result.reason))),
      ["Error: away", 1],
    );
  });

  it("does not take more than it can keep in memory while the store hangs", async () => {
    class HangingStore extends MemoryMessageStore {
      override append() {
        return new Promise<never>(() => undefined);
      }
    }
    const writer = new RoomWriter(new HangingStore(), () => 0);
    for (let count = 0; count <= 2000; count++) void writer.write(draft(String(count)));

    await assert.rejects(
      writer.write(draft("too many")),
      /^StoreUnavailableError: 2000 messages are waiting/,
    );
  });
});

describe("apps/chat/server token bucket", () => {
  it("lets a burst through, then so many a second, and says how long to wait", () => {
    let now = 0;
    const bucket = new TokenBucket(10, 3, () => now);

    const first = [bucket.take(), bucket.take(), bucket.take(), bucket.take()];
    now = 50;
    const early = bucket.take();
    now = 100;
    const later = [bucket.take(), bucket.take()];
    now = 60_000;
    const rested = [bucket.take(), bucket.take(), bucket.take(), bucket.take()];

    assert.deepEqual([first, early, later, rested], [[0, 0, 0, 100], 50, [0, 100], [0, 0, 0, 100]]);
  });
});
