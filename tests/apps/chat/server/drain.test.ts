import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { moveEverybody } from "../../../../apps/chat/server/src/drain.js";
import { type Draft, MemoryMessageStore } from "../../../../apps/chat/server/src/message-store.js";
import { line, Site, until } from "./running-chat.js";

describe("apps/chat/server drain", () => {
  let site: Site;
  beforeEach(() => {
    site = new Site();
  });
  afterEach(() => site.stop());

  it("is not ready at once, lets clients in during the delay, and nobody after it", async () => {
    const server = await site.server();
    const seen: unknown[] = [];
    const look = async () => {
      const { status } = await fetch(`${server.url}/readyz`);
      seen.push(status, server.chat.door.refuses({ headers: {} }));
    };
    await look();
    await moveEverybody(server.chat, server.drain, { delayMs: 7, spreadMs: 0, pause: look });

    await look();

    assert.deepEqual(seen, [200, undefined, 503, undefined, 503, "leaving"]);
  });

  it("tells clients to move a few at a time, and ends those that stay", async () => {
    const server = await site.server();
    const clients = await Promise.all(
      Array.from({ length: 8 }, () => site.client(server, "x", { reconnection: false })),
    );
    const told: number[] = [];
    let moving = 0;
    for (const { socket } of clients) socket.on("moving", () => (moving += 1));

    await moveEverybody(server.chat, server.drain, {
      delayMs: 0,
      spreadMs: 1000,
      pause: async (ms) => {
        if (ms !== 250) return;
        const expected = 2 * (told.length + 1);
        await until(() => moving >= expected);
        told.push(moving);
      },
    });
    await until(() => clients.every(({ socket }) => !socket.connected));

    assert.deepEqual(told, [2, 4, 6, 8]);
  });

  it("does not end before what was sent is stored", async () => {
    const gate = new EventEmitter();
    class SlowStore extends MemoryMessageStore {
      override async append(drafts: readonly Draft[]) {
        const opened = once(gate, "open");
        gate.emit("waiting");
        await opened;
        return super.append(drafts);
      }
    }
    const slow = new Site(new SlowStore());
    const server = await slow.server();
    const client = await slow.client(server, "x", { reconnection: false });
    await client.value("join", { room: "lobby" });
    const waiting = once(gate, "waiting");
    client.socket.emit("send", line("just before"), () => undefined);
    await waiting;

    const events: string[] = [];
    const moved = moveEverybody(server.chat, server.drain, {
      delayMs: 0,
      spreadMs: 0,
      pause: () => Promise.resolve(),
    });
    const ended = moved.then(() => events.push("moved"));
    await until(() => !client.socket.connected);
    events.push("opened");
    gate.emit("open");
    await ended;

    assert.deepEqual(events, ["opened", "moved"]);
    assert.equal((await slow.store.after("lobby", 0, 100)).length, 1);
    await slow.stop();
  });

  it("ends all the same when the store does not answer any more", async () => {
    const asked = new EventEmitter();
    class SilentStore extends MemoryMessageStore {
      override append(): Promise<never> {
        asked.emit("append");
        return new Promise(() => undefined);
      }
    }
    const silent = new Site(new SilentStore());
    const server = await silent.server();
    const client = await silent.client(server, "x", { reconnection: false });
    await client.value("join", { room: "lobby" });
    const waiting = once(asked, "append");
    client.socket.emit("send", line("never stored"), () => undefined);
    await waiting;

    const pause = () => Promise.resolve();
    await moveEverybody(server.chat, server.drain, { delayMs: 0, spreadMs: 0, storeMs: 10, pause });

    await until(() => !client.socket.connected);
    await silent.stop();
  });
});
