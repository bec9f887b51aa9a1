import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { mock } from "node:test";
import { createApp } from "../../../../apps/journal/frontend/src/app.js";
import { MemoryEntryStore } from "../../../../apps/journal/frontend/src/entry-store.js";

const app = createApp({ entries: new MemoryEntryStore(), pageSize: 10 });
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One request over the one connection; tells whether an earlier one had left it open. */
async function send(
  method: string,
  path: string,
  body = "",
): Promise<{ response: IncomingMessage; reused: boolean }> {
  const { port } = app.server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const outgoing = request({ host: "127.0.0.1", port, method, path, headers, agent }, (response) => {
      response.resume().on("end", () => {
        resolve({ response, reused: outgoing.reusedSocket });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const sockets: Socket[] = [];

/** A connection on which a request with a body of this length has begun. */
async function talk(length: string): Promise<Socket> {
  const { port } = app.server.address() as AddressInfo;
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  sockets.push(socket);
  await once(socket, "connect");
  const head = ["POST /api/entries HTTP/1.1", "host: journal", "content-type: application/json"];
  socket.write(`${[...head, `content-length: ${length}`].join("\r\n")}\r\n\r\n`);
  return socket;
}

describe("apps/journal/frontend, sent a body that is too long", () => {
  before(() => app.listen({ host: "127.0.0.1", port: 0 }));
  after(async () => {
    agent.destroy();
    for (const socket of sockets) socket.destroy();
    await app.close();
  });

  it("takes all of it before it answers, and keeps the connection for what comes next", async () => {
    const { response } = await send("POST", "/api/entries", JSON.stringify({ text: "x".repeat(1_000_000) }));
    assert.equal(response.statusCode, 413);

    const next = await send("GET", "/livez");
    assert.equal(next.response.statusCode, 200);
    assert.equal(next.reused, true);
  });

  it("answers in the midst of more than eight megabytes, and ends its half of the connection behind the answer", async () => {
    const socket = await talk("16000000");
    let answer = "";
    socket.on("data", (data) => (answer += data.toString()));
    const ended = once(socket, "end");
    const part = Buffer.alloc(1_000_000, "x");
    // As a client that listens only when all is sent: it goes on while it is answered.
    for (let sent = 0; sent < 16; sent++) await new Promise((resolve) => socket.write(part, resolve));
    await ended;
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.match(answer, /"code":"payload_too_large"/);
  });

  it("waits a few seconds for the end of such a body, and no longer", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const arrived = once(app.server, "connection");
      const socket = await talk("16000000");
      const [theirs] = (await arrived) as [Socket];
      socket.write(Buffer.alloc(9_000_000, "x"));
      const [answer] = (await once(socket, "data")) as [Buffer];
      assert.match(answer.toString(), /^HTTP\/1\.1 413 /);
      await once(socket, "end");
      mock.timers.tick(4900);
      assert.equal(theirs.destroyed, false);
      mock.timers.tick(200);
      assert.equal(theirs.destroyed, true);
    } finally {
      mock.timers.reset();
    }
  });
});
