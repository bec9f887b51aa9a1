import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { Door } from "../../../../apps/chat/server/src/door.js";
import { line, ORIGIN, Site, until } from "./running-chat.js";

describe("apps/chat/server door", () => {
  const door = (connections = 0) =>
    new Door({
      origins: [ORIGIN, "http://localhost:8091"],
      maxConnections: 2,
      connections: () => connections,
    });

  it("lets in the pages that it is told of, and programs, which have no origin", () => {
    assert.deepEqual(
      [{ origin: ORIGIN }, { origin: "http://localhost:8091" }, {}].map((headers) =>
        door().refuses({ headers }),
      ),
      [undefined, undefined, undefined],
    );
  });

  it("refuses other people's pages, even those that look alike", () => {
    const origins = ["https://chat.test.evil.example", "http://chat.test", "https://CHAT.test", "null", ""];

    assert.deepEqual(
      origins.map((origin) => door().refuses({ headers: { origin } })),
      Array(5).fill("origin"),
    );
  });

  it("refuses connections above its limit, and all when the server leaves", () => {
    const leaving = door();
    leaving.shut();

    assert.deepEqual(
      [door(1), door(2), leaving].map((each) => each.refuses({ headers: {} })),
      [undefined, "full", "leaving"],
    );
  });
});

describe("apps/chat/server connections", () => {
  let site: Site;
  beforeEach(() => {
    site = new Site();
  });
  afterEach(() => site.stop());

  for (const transport of ["websocket", "polling"] as const) {
    it(`refuses a page of another origin by ${transport}, and counts it`, async () => {
      const { url, registry } = await site.server();
      const headers = { origin: "https://evil.example" };
      const socket = site.socket(url, {
        transports: [transport],
        extraHeaders: headers,
        reconnection: false,
      });

      await once(socket.connect() as never, "connect_error");

      assert.match(await registry.metrics(), /^chat_connections_refused_total\{reason="origin"\} 1$/m);
    });
  }

  for (const transport of ["websocket", "polling"] as const) {
    it(`tells whoever asks by ${transport} and finds it full to try again, which works when somebody has left`, async () => {
      const server = await site.server({ maxConnections: 1 });
      const first = await site.client(server);
      const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
      const headers =
        transport === "websocket" ? { ...upgrade, "sec-websocket-key": "MDEyMzQ1Njc4OWFiY2RlZg==" } : {};
      const ask = async () => {
        const request = get(`${server.url}/socket.io/?EIO=4&transport=${transport}`, {
          headers,
          agent: false,
        });
        const [response] = (await once(request, "response")) as [IncomingMessage];
        return {
          status: response.statusCode,
          retry: response.headers["retry-after"],
          body: await text(response),
        };
      };

      const message = "try again in 5 s";
      assert.deepEqual(await ask(), {
        status: 503,
        retry: "5",
        body: JSON.stringify({ code: "full", message }),
      });
      assert.match(await server.registry.metrics(), /^chat_connections_refused_total\{reason="full"\} 1$/m);
      assert.equal(first.socket.connected, true);

      first.socket.disconnect();
      await until(() => server.chat.io.engine.clientsCount === 0);
      assert.equal(
        (await (await site.client(server, "Late", { transports: [transport] })).ask("rooms", {})).ok,
        true,
      );
    });
  }

  it("tells browsers that pages of its origins, and no others, may read its answers with cookies", async () => {
    const { url } = await site.server();
    const allowed = async (origin: string) => {
      const { headers } = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
      return ["access-control-allow-origin", "access-control-allow-credentials"].map((name) =>
        headers.get(name),
      );
    };

    assert.deepEqual(await allowed(ORIGIN), [ORIGIN, "true"]);
    assert.equal((await allowed("https://evil.example"))[0], null);
  });

  it("ends the connection that sends a packet larger than any request", async () => {
    const server = await site.server();
    const [quay, dock] = await Promise.all([
      site.client(server, "Quay", { reconnection: false }),
      site.client(server, "Dock"),
    ]);

    quay.socket.emit("send", { room: "lobby", text: "x".repeat(20_000) } as never, () => undefined);
    await until(() => !quay.socket.connected);

    assert.equal((await dock.ask("join", { room: "lobby" })).ok, true);
  });

  it("takes the longest message that is allowed, in characters of four bytes", async () => {
    const client = await site.client(await site.server());
    await client.value("join", { room: "lobby" });

    const sent = await client.value("send", line("😀".repeat(1000)));

    assert.equal(sent.text.length, 2000);
  });

  it("ends the connection of a client that does not read, and of no other", async () => {
    const server = await site.server();
    const [deaf, other] = await Promise.all([
      site.client(server, "Deaf", { reconnection: false }),
      site.client(server),
    ]);
    const [socket] = server.chat.io.of("/").sockets.values();
    Object.assign(socket?.conn as any, { writeBuffer: Array(1001).fill({ type: "message", data: "x" }) });

    await until(() => !deaf.socket.connected || !other.socket.connected);

    assert.deepEqual([deaf.socket.connected, other.socket.connected].sort(), [false, true]);
    assert.match(await server.registry.metrics(), /^chat_connections_cut_total\{reason="unread"\} 1$/m);
  });

  it("works for clients that can only poll", async () => {
    const server = await site.server();
    const [dock, pier] = await Promise.all([
      site.client(server, "Dock", { transports: ["polling"] }),
      site.client(server, "Pier", { transports: ["polling"] }),
    ]);
    await dock.value("join", { room: "lobby" });
    await pier.value("join", { room: "lobby" });

    await dock.value("send", line("over HTTP"));
    await until(() => pier.messages.length === 1);

    assert.equal(pier.messages[0]?.text, "over HTTP");
  });
});
