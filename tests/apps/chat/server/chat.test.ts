import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { MessageType } from "socket.io-adapter";
import { line, Site, until } from "./running-chat.js";

describe("apps/chat/server on two servers", () => {
  let site: Site;
  beforeEach(() => {
    site = new Site();
  });
  afterEach(() => site.stop());

  it("gives each message to everybody in the room, on both servers, with its place and the sender's name", async () => {
    const [one, two] = await Promise.all([site.server(), site.server()]);
    const [dock, pier, quay] = await Promise.all([
      site.client(one, "Dock"),
      site.client(two, "Pier"),
      site.client(two, "Quay"),
    ]);
    await dock.value("join", { room: "lobby" });
    await pier.value("join", { room: "lobby" });
    await quay.value("join", { room: "elsewhere" });

    const first = await dock.value("send", line("hello"));
    await pier.value("send", line("hi"));
    await until(() => dock.messages.length === 2 && pier.messages.length === 2);

    assert.deepEqual(
      pier.messages.map(({ seq, text, author }) => [seq, text, author.nickname]),
      [
        [1, "hello", "Dock"],
        [2, "hi", "Pier"],
      ],
    );
    assert.deepEqual(dock.messages, pier.messages);
    assert.deepEqual(first, dock.messages[0]);
    assert.deepEqual(quay.messages, []);
  });

  it("keeps one order for everybody when many write on both servers at once", async () => {
    const servers = await Promise.all([site.server(), site.server()]);
    const clients = await Promise.all([0, 1, 0, 1].map((server) => site.client(servers[server] as never)));
    for (const client of clients) await client.value("join", { room: "lobby" });

    await Promise.all(
      clients.flatMap((client, c) =>
        Array.from({ length: 25 }, (_, m) => client.value("send", line(`${c}:${m}`))),
      ),
    );
    await until(() => clients.every(({ messages }) => messages.length === 100));

    const places = Array.from({ length: 100 }, (_, index) => index + 1);
    for (const { messages } of clients) {
      assert.deepEqual(
        messages.map(({ seq }) => seq),
        places,
      );
      assert.deepEqual(messages, clients[0]?.messages);
    }
  });

  it("delivers from the store what the other server could not tell", async () => {
    const [one, two] = await Promise.all([site.server(), site.server()]);
    const [dock, pier] = await Promise.all([site.client(one), site.client(two)]);
    await dock.value("join", { room: "lobby" });
    await pier.value("join", { room: "lobby" });

    site.bus.isUp = false;
    await dock.value("send", line("lost on the way"));
    await dock.value("send", line("this one too"));
    await until(() => pier.messages.length === 2);

    assert.deepEqual(
      pier.messages.map(({ text }) => text),
      ["lost on the way", "this one too"],
    );
    assert.match(await two.registry.metrics(), /^chat_messages_caught_up_total 2$/m);
  });

  it("asks the store at once for a message before one that was told, rather than at the next check", async () => {
    const [one, two] = await Promise.all([
      site.server({ checkMs: 60_000 }),
      site.server({ checkMs: 60_000 }),
    ]);
    const [dock, pier] = await Promise.all([site.client(one), site.client(two)]);
    await dock.value("join", { room: "lobby" });
    await pier.value("join", { room: "lobby" });

    site.bus.isUp = false;
    await dock.value("send", line("lost"));
    site.bus.isUp = true;
    await dock.value("send", line("told"));
    await until(() => pier.messages.length === 2);

    assert.deepEqual(
      pier.messages.map(({ text }) => text),
      ["lost", "told"],
    );
  });

  it("puts in order what the other server tells in another order, and drops what it tells twice", async () => {
    const held: any[] = [];
    const [one, two] = await Promise.all([
      site.server({ checkMs: 60_000 }),
      site.server({ checkMs: 60_000 }),
    ]);
    const [dock, pier] = await Promise.all([site.client(one), site.client(two)]);
    await dock.value("join", { room: "lobby" });
    await pier.value("join", { room: "lobby" });

    site.bus.deliver = (message) => {
      if (message.type !== MessageType.BROADCAST || (message.data.packet as any).data[0] !== "stored")
        return [message];
      held.push(message);
      return held.length < 3 ? [] : [held[2], held[0], held[0], held[1], held[2]];
    };
    for (const text of ["a", "b", "c"]) await dock.value("send", line(text));
    await until(() => pier.messages.length >= 3);
    await pier.value("rooms", {});

    assert.deepEqual(
      pier.messages.map(({ text }) => text),
      ["a", "b", "c"],
    );
  });

  it("stores a message that is sent again only once, on whichever server, and answers with the first one", async () => {
    const [one, two] = await Promise.all([site.server(), site.server()]);
    const secret = randomUUID();
    const [first, second] = await Promise.all([
      site.client(one, "Dock", { secret }),
      site.client(two, "Dock", { secret }),
    ]);
    await first.value("join", { room: "lobby" });
    await second.value("join", { room: "lobby" });
    const message = line("once");

    const answers = await Promise.all([first.value("send", message), second.value("send", message)]);
    answers.push(await first.value("send", message));

    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
    assert.deepEqual(
      (await site.store.after("lobby", 0, 10)).map(({ text }) => text),
      ["once"],
    );
  });

  it("lets nobody take another person's message for sent by using its id", async () => {
    const one = await site.server();
    const [dock, quay] = await Promise.all([site.client(one, "Dock"), site.client(one, "Quay")]);
    await dock.value("join", { room: "lobby" });
    await quay.value("join", { room: "lobby" });
    const message = line("mine");

    await quay.value("send", { ...message, text: "not mine" });
    await dock.value("send", message);

    assert.deepEqual(
      (await site.store.after("lobby", 0, 10)).map(({ text, author }) => [text, author.nickname]),
      [
        ["not mine", "Quay"],
        ["mine", "Dock"],
      ],
    );
  });

  it("tells who is here over both servers, each person once, and forgets a server that dies", async () => {
    const [one, two] = await Promise.all([site.server(), site.server()]);
    const secret = randomUUID();
    const [dock, dockAgain, pier] = await Promise.all([
      site.client(one, "Dock", { secret }),
      site.client(two, "Dock", { secret }),
      site.client(two, "Pier"),
    ]);
    const names = () => dock.presences.at(-1)?.people.map(({ nickname }) => nickname);
    for (const client of [dock, dockAgain, pier]) await client.value("join", { room: "lobby" });
    await until(() => dock.presences.at(-1)?.count === 2);
    assert.deepEqual(names(), ["Dock", "Pier"]);

    await pier.value("rename", { nickname: "  Pierhead  F. " });
    await until(() => names()?.[1] === "Pierhead F.");
    const { presence } = await dockAgain.value("join", { room: "lobby" });
    assert.equal(presence.count, 2);

    await two.stop();
    await until(() => dock.presences.at(-1)?.count === 1);
    assert.deepEqual(names(), ["Dock"]);
  });

  it("tells a server that starts who is in the rooms of the others", async () => {
    const one = await site.server({ heartbeatMs: 60_000 });
    const dock = await site.client(one, "Dock");
    await dock.value("join", { room: "lobby" });
    await until(() => dock.presences.length === 1);

    const two = await site.server({ heartbeatMs: 60_000 });
    const pier = await site.client(two, "Pier");

    assert.deepEqual(await pier.value("rooms", {}), [{ room: "lobby", count: 1 }]);
    assert.equal((await pier.value("join", { room: "lobby" })).presence.count, 2);
  });
});
