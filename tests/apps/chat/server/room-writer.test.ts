import assert from "node:assert/strict";
import { type Draft, MemoryMessageStore } from "../../../../apps/chat/server/src/message-store.js";
import { RoomWriter } from "../../../../apps/chat/server/src/room-writer.js";
import { draftOf, places } from "../messages.js";

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

    const stored = await Promise.all(["a", "b", "c", "d"].map((id) => writer.write(draftOf(id))));

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

    await Promise.allSettled(["a", "b", "c"].map((id) => writer.write(draftOf(id))));
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

    const stored = await Promise.all(["a", "b", "a", "b"].map((id) => writer.write(draftOf(id))));

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

    const results = await Promise.allSettled(["a", "b"].map((id) => writer.write(draftOf(id))));
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
    for (let count = 0; count <= 2000; count++) void writer.write(draftOf(String(count)));

    await assert.rejects(
      writer.write(draftOf("too many")),
      /^StoreUnavailableError: 2000 messages are waiting/,
    );
  });
});
