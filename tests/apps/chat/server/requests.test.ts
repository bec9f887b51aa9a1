import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { requestSchemas } from "../../../../apps/chat/server/src/requests.js";
import { StoreUnavailableError, MemoryMessageStore } from "../../../../apps/chat/server/src/message-store.js";
import { type Client, line, Site, until } from "./running-chat.js";

const ID = "4b802160-0bfc-4acc-aad4-ea05fbeac348";

describe("apps/chat/server requests", () => {
  let site: Site;
  beforeEach(() => {
    site = new Site();
  });
  afterEach(() => site.stop());

  const wrong: [name: string, request: unknown, message: string][] = [
    ["join", undefined, "request: Invalid input: expected object, received null"],
    ["join", { room: "Lobby" }, "room: expected small letters, digits and single dashes between them"],
    ["join", { room: "a--b" }, "room: expected small letters, digits and single dashes between them"],
    ["join", { room: "x".repeat(33) }, "room: Too big: expected string to have <=32 characters"],
    ["join", { room: "a", after: -1 }, "after: Too small: expected number to be >=0"],
    ["join", { room: "a", after: "1" }, "after: Invalid input: expected number, received string"],
    ["join", { room: "a", admin: true }, 'request: Unrecognized key: "admin"'],
    ["send", { room: "a", id: ID, text: " \n" }, "text: must not be blank"],
    [
      "send",
      { room: "a", id: ID, text: "a\u0007" },
      "text: must have no control characters but line ends and tabs",
    ],
    [
      "send",
      { room: "a", id: ID, text: "\u202ereversed" },
      "text: must have no control characters but line ends and tabs",
    ],
    [
      "send",
      { room: "a", id: ID, text: "x".repeat(2001) },
      "text: Too big: expected string to have <=2000 characters",
    ],
    ["send", { room: "a", id: "1", text: "x" }, "id: expected a UUID in small letters"],
    ["history", { room: "a" }, 'request: expected one of "after" and "before"'],
    ["history", { room: "a", after: 1, before: 3 }, 'request: expected one of "after" and "before"'],
    ["history", { room: "a", after: 1, limit: 101 }, "limit: Too big: expected number to be <=100"],
    ["rename", { nickname: "  " }, "nickname: must not be blank"],
    ["rename", { nickname: "a\nb" }, "nickname: must have no control characters"],
  ];

  describe("that are wrong", () => {
    let client: Client;
    beforeEach(async () => {
      client = await site.client(await site.server());
    });

    for (const [name, request, message] of wrong) {
      it(`are told so: ${name} ${JSON.stringify(request ?? null).slice(0, 60)}`, async () => {
        assert.deepEqual(await client.ask(name as never, request as never), {
          ok: false,
          error: { code: "invalid", message },
        });
      });
    }

    it("are told so when nobody knows their name", async () => {
      assert.deepEqual(await client.ask("constructor" as never, {} as never), {
        ok: false,
        error: {
          code: "unknown-event",
          message: "expected one of join, leave, send, history, rename, rooms",
        },
      });
    });

    it("are told so when the client is not in the room", async () => {
      const error = { code: "not-in-room", message: 'join the room "lobby" first' };

      assert.deepEqual(await client.ask("send", line("x")), { ok: false, error });
      assert.deepEqual(await client.ask("history", { room: "lobby", after: 0 }), { ok: false, error });
    });

    it("are told so for the twenty-first room, until one is left", async () => {
      for (let room = 1; room <= 20; room++) await client.value("join", { room: `room-${room}` });

      assert.deepEqual(await client.ask("join", { room: "room-21" }), {
        ok: false,
        error: { code: "too-many-rooms", message: "at most 20 rooms at a time" },
      });
      await client.value("leave", { room: "room-1" });
      assert.equal((await client.ask("join", { room: "room-21" })).ok, true);
    });

    it("are told so also when they ask for all their rooms at once", async () => {
      const rooms = Array.from({ length: 25 }, (_, room) => `room-${room}`);
      const answers = await Promise.all(rooms.map((room) => client.ask("join", { room })));

      assert.equal(answers.filter(({ ok }) => ok).length, 20);
    });
  });

  it("take the longest text, in any script, with lines and tabs", () => {
    const texts = ["x".repeat(2000), "😀".repeat(1000), "one\n\ttwo", "नमस्ते", "שלום"];

    assert.deepEqual(
      texts.map((text) => requestSchemas.send.safeParse({ room: "a", id: ID, text }).success),
      [true, true, true, true, true],
    );
  });

  it("get no more messages of a room that has been left", async () => {
    const server = await site.server();
    const [dock, pier] = await Promise.all([site.client(server), site.client(server)]);
    await dock.value("join", { room: "lobby" });
    await pier.value("join", { room: "lobby" });

    await pier.value("leave", { room: "lobby" });
    await dock.value("send", line("alone"));
    await pier.value("rooms", {});

    assert.deepEqual([dock.messages.length, pier.messages.length], [1, 0]);
  });

  it("are answered with when to come back while the store is away, and without its words", async () => {
    class AwayStore extends MemoryMessageStore {
      override append(): Promise<never> {
        return Promise.reject(new StoreUnavailableError("connect ECONNREFUSED 10.0.0.1"));
      }
    }
    site = new Site(new AwayStore());
    const client = await site.client(await site.server());
    await client.value("join", { room: "lobby" });

    assert.deepEqual(await client.ask("send", line("x")), {
      ok: false,
      error: { code: "unavailable", message: "the chat cannot keep messages just now", retryAfterMs: 1000 },
    });
  });

  it("are refused above the rate, with the time to wait, and the room's others notice nothing", async () => {
    const server = await site.server({ requestsPerSec: 5 });
    const [flooder, other] = await Promise.all([site.client(server), site.client(server)]);
    await flooder.value("join", { room: "lobby" });
    await other.value("join", { room: "lobby" });

    const answers = await Promise.all(Array.from({ length: 40 }, () => flooder.ask("send", line("flood"))));

    const codes = answers.map((answer) => (answer.ok ? "ok" : answer.error.code));
    assert.deepEqual(codes.slice(0, 20), ["ok", ...Array(19).fill("ok")].slice(0, 19).concat("rate-limited"));
    const [refused] = answers.slice(-1);
    assert.ok(refused?.ok === false && (refused.error.retryAfterMs ?? 0) > 0);
    assert.equal((await other.ask("send", line("me too"))).ok, true);
  });

  it("end the connection of a client that sends nothing else but wrong ones", async () => {
    const server = await site.server();
    const client = await site.client(server, "Quay", { reconnection: false });

    for (let count = 0; count < 150; count++)
      client.socket.emit("join", { room: 7 } as never, () => undefined);
    await until(() => !client.socket.connected);

    assert.match(await server.registry.metrics(), /^chat_connections_cut_total\{reason="refused"\} 1$/m);
  });

  it("need a client that says who it is", async () => {
    const { url } = await site.server();
    const refused: string[] = [];
    for (const auth of [{}, { secret: "me", nickname: "x" }, { secret: randomUUID(), nickname: " " }]) {
      const socket = site.socket(url, { auth });
      const error = await new Promise<Error & { data?: { message: string } }>((resolve) => {
        socket.on("connect_error", resolve).connect();
      });
      refused.push(error.data?.message ?? "");
    }

    assert.deepEqual(refused, [
      "secret: Invalid input: expected string, received undefined; nickname: Invalid input: expected string, received undefined",
      "secret: expected a UUID in small letters",
      "nickname: must not be blank",
    ]);
  });
});
