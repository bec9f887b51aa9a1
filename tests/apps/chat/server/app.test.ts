import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { createApp } from "../../../../apps/chat/server/src/app.js";
import { Drain } from "../../../../apps/chat/server/src/drain.js";
import { line, Site } from "./running-chat.js";

describe("apps/chat/server probes", () => {
  const probe = async (ready: boolean, drain = new Drain()) => {
    const app = createApp({ store: { ready }, registry: new Registry(), drain });
    const answers = await Promise.all(["/livez", "/readyz"].map((url) => app.inject({ url })));
    return answers.map((answer) => [answer.statusCode, answer.json().status]);
  };

  it("is alive and ready", async () => {
    assert.deepEqual(await probe(true), [
      [200, "ok"],
      [200, "ok"],
    ]);
  });

  it("is alive but not ready before MongoDB has answered once", async () => {
    assert.deepEqual(await probe(false), [
      [200, "ok"],
      [503, "waiting for MongoDB"],
    ]);
  });

  it("is alive but not ready on its way out", async () => {
    const drain = new Drain();
    drain.begin();

    assert.deepEqual(await probe(true, drain), [
      [200, "ok"],
      [503, "draining"],
    ]);
  });
});

describe("apps/chat/server metrics", () => {
  const site = new Site();
  after(() => site.stop());

  it("counts connections, requests by result, and messages, with no label that a client chose", async () => {
    const server = await site.server();
    const client = await site.client(server);
    await client.value("join", { room: "lobby" });
    await client.value("send", line("x"));
    await client.ask("evil\n{}" as never, {} as never);
    await client.ask("send", { room: "lobby" } as never);

    const text = await (await fetch(`${server.url}/metrics`)).text();
    const lines = text
      .split("\n")
      .filter((each) => /^chat_(connections|requests|messages|store.*_count)/.test(each));

    assert.deepEqual(lines, [
      "chat_connections 1",
      'chat_requests_total{event="join",result="ok"} 1',
      'chat_requests_total{event="send",result="ok"} 1',
      'chat_requests_total{event="unknown",result="unknown-event"} 1',
      'chat_requests_total{event="send",result="invalid"} 1',
      "chat_messages_delivered_total 1",
      "chat_messages_caught_up_total 0",
      "chat_store_append_duration_seconds_count 1",
    ]);
  });
});
