import assert from "node:assert/strict";
import { Agent, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
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

describe("apps/journal/frontend, sent a body that is too long", () => {
  before(() => app.listen({ host: "127.0.0.1", port: 0 }));
  after(async () => {
    agent.destroy();
    await app.close();
  });

  it("takes all of it before it answers, and keeps the connection for what comes next", async () => {
    const { response } = await send("POST", "/api/entries", JSON.stringify({ text: "x".repeat(1_000_000) }));
    assert.equal(response.statusCode, 413);

    const next = await send("GET", "/livez");
    assert.equal(next.response.statusCode, 200);
    assert.equal(next.reused, true);
  });

  it("cuts off who sends more than eight megabytes", async () => {
    await assert.rejects(
      send("POST", "/api/entries", "x".repeat(64_000_000)),
      /ECONNRESET|EPIPE|socket hang up/,
    );
  });
});
