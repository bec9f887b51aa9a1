import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { MemoryMessageStore } from "../../../../apps/chat/server/src/message-store.js";
import { draftOf } from "../messages.js";
import { type Client, line, Site } from "./running-chat.js";

/** A store with so many messages in the lobby: "1", "2", … */
async function storeOf(messages: number): Promise<MemoryMessageStore> {
  const store = new MemoryMessageStore();
  await store.append(Array.from({ length: messages }, (_, index) => draftOf(String(index + 1))));
  return store;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe("apps/chat/server history", () => {
  let site: Site;
  let client: Client;
  afterEach(() => site.stop());

  async function joined(messages: number, after?: number) {
    site = new Site(await storeOf(messages));
    client = await site.client(await site.server());
    const { messages: page, more, head } = await client.value("join", { room: "lobby", after });
    return { places: page.map(({ seq }) => seq), more, head };
  }

  async function history(request: { after?: number; before?: number; limit?: number }) {
    const { messages, more } = await client.value("history", { room: "lobby", ...request });
    return { places: messages.map(({ seq }) => seq), more };
  }

  it("begins with the newest fifty, and says whether there are earlier ones", async () => {
    assert.deepEqual(await joined(51), { places: range(2, 51), more: true, head: 51 });
    await site.stop();
    assert.deepEqual(await joined(50), { places: range(1, 50), more: false, head: 50 });
    await site.stop();
    assert.deepEqual(await joined(0), { places: [], more: false, head: 0 });
  });

  it("replays what came after a client's last place, a hundred at a time", async () => {
    assert.deepEqual(await joined(330, 180), { places: range(181, 280), more: true, head: 330 });
    assert.deepEqual(await history({ after: 280 }), { places: range(281, 330), more: false });
    assert.deepEqual(await history({ after: 330 }), { places: [], more: false });
  });

  it("replays from the store what is no longer in the server's memory", async () => {
    assert.deepEqual(await joined(330, 3), { places: range(4, 103), more: true, head: 330 });
  });

  it("replays no further than to where messages come by themselves, although the store has more already", async () => {
    const store = await storeOf(300);
    site = new Site(store);
    const server = await site.server({ checkMs: 60_000 });
    const first = await site.client(server);
    const second = await site.client(server);
    await first.value("join", { room: "lobby", after: 300 });
    await store.append([draftOf("301")]);

    const behind = await second.value("join", { room: "lobby", after: 271 });

    assert.deepEqual(
      behind.messages.map(({ seq }) => seq),
      range(272, 300),
    );
    assert.deepEqual([behind.more, behind.head], [false, 300]);
  });

  it("gives earlier pages down to the first message, from memory and from the store", async () => {
    await joined(330);

    assert.deepEqual(await history({ before: 281 }), { places: range(231, 280), more: true });
    assert.deepEqual(await history({ before: 150, limit: 100 }), { places: range(50, 149), more: true });
    assert.deepEqual(await history({ before: 31 }), { places: range(1, 30), more: false });
    assert.deepEqual(await history({ before: 1 }), { places: [], more: false });
  });

  it("knows on which place a client is that was ahead of this server", async () => {
    site = new Site();
    site.bus.isUp = false;
    const servers = await Promise.all([site.server({ checkMs: 60_000 }), site.server({ checkMs: 60_000 })]);
    const [dock, pier] = await Promise.all(servers.map((server) => site.client(server)));
    await pier?.value("join", { room: "lobby" });
    await dock?.value("join", { room: "lobby" });
    await dock?.value("send", line("only the store knows"));

    const { head, messages } = (await pier?.value("join", { room: "lobby", after: 1 })) as never as {
      head: number;
      messages: unknown[];
    };

    assert.deepEqual([head, messages], [1, []]);
  });

  it("opens the room anew for somebody who comes while the last one leaves", async () => {
    let isSlow = false;
    const asked = new EventEmitter();
    class SlowStore extends MemoryMessageStore {
      override async following(...args: [string, number]) {
        if (isSlow) {
          asked.emit("asked");
          await once(asked, "left");
        }
        return super.following(...args);
      }
    }
    site = new Site(new SlowStore());
    const [server, other] = await Promise.all([
      site.server({ checkMs: 60_000 }),
      site.server({ checkMs: 60_000 }),
    ]);
    const first = await site.client(server);
    const second = await site.client(server);
    const elsewhere = await site.client(other);
    await elsewhere.value("join", { room: "lobby" });
    await first.value("join", { room: "lobby" });
    isSlow = true;
    const waiting = once(asked, "asked");
    const joining = second.value("join", { room: "lobby", after: 7 });
    await waiting;

    await first.value("leave", { room: "lobby" });
    isSlow = false;
    asked.emit("left");
    await joining;
    await elsewhere.value("send", line("heard"));
    await second.value("rooms", {});

    assert.deepEqual(
      second.messages.map(({ text }) => text),
      ["heard"],
    );
  });

  it("is not behind a client because of a reading that began before the message was stored", async () => {
    let isSlow = false;
    const reading = new EventEmitter();
    class LateStore extends MemoryMessageStore {
      override async following(...args: [string, number]) {
        const found = await super.following(...args);
        if (isSlow) {
          isSlow = false;
          reading.emit("begun");
          await once(reading, "end");
        }
        return found;
      }
    }
    site = new Site(new LateStore());
    const server = await site.server({ checkMs: 60_000 });
    client = await site.client(server);
    await client.value("join", { room: "lobby" });
    isSlow = true;
    const begun = once(reading, "begun");
    const checked = server.chat.check();
    await begun;
    await site.store.append([draftOf("1")], () => 0);

    const joining = client.value("join", { room: "lobby", after: 1 });
    await client.value("rooms", {});
    reading.emit("end");
    await checked;

    assert.equal((await joining).head, 1);
  });
});
