import assert from "node:assert/strict";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "../../../../apps/journal/frontend/src/app.js";
import { Drain, drainAndClose } from "../../../../apps/journal/frontend/src/drain.js";
import {
  type EntryStore,
  MemoryEntryStore,
  StoreUnavailableError,
} from "../../../../apps/journal/frontend/src/entry-store.js";

/** A store whose Redis is away. */
const AWAY: EntryStore = {
  ready: true,
  list: () => Promise.reject(new StoreUnavailableError("connect ECONNREFUSED")),
  get: () => Promise.reject(new StoreUnavailableError("connect ECONNREFUSED")),
  add: () => Promise.reject(new StoreUnavailableError("connect ECONNREFUSED")),
  remove: () => Promise.reject(new StoreUnavailableError("connect ECONNREFUSED")),
  close: () => Promise.resolve(),
};
const ID = "4b802160-0bfc-4acc-aad4-ea05fbeac348";

describe("apps/journal/frontend service", () => {
  it("is alive and ready", async () => {
    const app = createApp({ entries: new MemoryEntryStore(), pageSize: 10 });

    assert.equal((await app.inject({ url: "/livez" })).statusCode, 200);
    assert.equal((await app.inject({ url: "/readyz" })).statusCode, 200);
  });

  it("is alive but not ready before Redis has answered once", async () => {
    const app = createApp({ entries: { ...AWAY, ready: false }, pageSize: 10 });

    const ready = await app.inject({ url: "/readyz" });

    assert.equal((await app.inject({ url: "/livez" })).statusCode, 200);
    assert.deepEqual([ready.statusCode, ready.json()], [503, { status: "waiting for Redis" }]);
  });

  it("stays ready while Redis is away, and answers 503 with the time to come back", async () => {
    const app = createApp({ entries: AWAY, pageSize: 10 });

    const answers = await Promise.all([
      app.inject({ url: "/api/entries" }),
      app.inject({ url: `/api/entries/${ID}` }),
      app.inject({ method: "POST", url: "/api/entries", payload: { text: "x" } }),
      app.inject({ method: "DELETE", url: `/api/entries/${ID}` }),
    ]);

    assert.deepEqual(
      answers.map((answer) => answer.statusCode),
      [503, 503, 503, 503],
    );
    assert.deepEqual(
      answers.map((answer) => answer.headers["retry-after"]),
      ["2", "2", "2", "2"],
    );
    assert.deepEqual(
      answers.map((answer) => answer.json().error.code),
      Array(4).fill("unavailable"),
    );
    assert.equal((await app.inject({ url: "/readyz" })).statusCode, 200);
  });

  it("answers a fault of its own with a 500 that tells the client nothing, and logs it", async () => {
    const lines: string[] = [];
    const broken: EntryStore = { ...AWAY, list: () => Promise.reject(new TypeError("secret detail")) };
    const app = createApp(
      { entries: broken, pageSize: 10 },
      { logger: { level: "info", stream: { write: (line) => lines.push(line) } } },
    );

    const answer = await app.inject({ url: "/api/entries?page=1" });

    assert.equal(answer.statusCode, 500);
    assert.deepEqual(answer.json(), {
      error: { code: "internal", message: "something went wrong on our side" },
    });
    assert.equal(lines.length, 1);
    assert.equal(JSON.parse(lines[0] ?? "").err.message, "secret detail");
  });

  it("counts requests by method, route and status, never by id", async () => {
    const app = createApp({ entries: new MemoryEntryStore(), pageSize: 10 });
    await app.inject({ url: "/api/entries" });
    await app.inject({ url: `/api/entries/${ID}` });
    await app.inject({ url: "/etc/passwd" });

    const { body, headers } = await app.inject({ url: "/metrics" });

    assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
    const counts = body.split("\n").filter((line) => line.startsWith("http_request_duration_seconds_count"));
    assert.deepEqual(counts, [
      'http_request_duration_seconds_count{method="GET",route="/api/entries",status="200"} 1',
      'http_request_duration_seconds_count{method="GET",route="/api/entries/:id",status="404"} 1',
      'http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1',
    ]);
  });

  it("publishes an OpenAPI document of every route of the API", async () => {
    const app = createApp({ entries: new MemoryEntryStore(), pageSize: 10 });

    const answer = await app.inject({ url: "/api/openapi.json" });

    const { openapi, info, paths } = answer.json();
    assert.equal(answer.statusCode, 200);
    assert.deepEqual([openapi, info.title], ["3.1.0", "Journal"]);
    const operations = Object.entries<Record<string, { responses: object }>>(paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, { responses }]) => [method, path, Object.keys(responses)]),
    );
    assert.deepEqual(operations, [
      ["get", "/api/entries", ["200", "400", "503"]],
      ["post", "/api/entries", ["201", "400", "413", "415", "422", "503"]],
      ["get", "/api/entries/{id}", ["200", "404", "503"]],
      ["delete", "/api/entries/{id}", ["204", "404", "503"]],
    ]);
    assert.deepEqual(paths["/api/entries"].post.requestBody.content["application/json"].schema.required, [
      "text",
    ]);
  });

  it("on its way out is not ready, still answers, and asks for connections to be closed", async () => {
    const drain = new Drain();
    const app = createApp({ entries: new MemoryEntryStore(), pageSize: 10, drain });

    const before = await app.inject({ url: "/api/entries" });
    drain.begin();
    const [ready, alive, listed] = await Promise.all(
      ["/readyz", "/livez", "/api/entries"].map((url) => app.inject({ url })),
    );

    assert.notEqual(before.headers.connection, "close");
    assert.deepEqual([ready?.statusCode, ready?.json()], [503, { status: "draining" }]);
    assert.deepEqual([alive?.statusCode, listed?.statusCode], [200, 200]);
    assert.equal(listed?.headers.connection, "close");
  });

  it("finishes the request at hand before it closes", async () => {
    const answered = new Promise<void>((resolve) => setTimeout(resolve, 100));
    const slow: EntryStore = { ...AWAY, list: () => answered.then(() => ({ entries: [], total: 0 })) };
    const drain = new Drain();
    const app = createApp({ entries: slow, pageSize: 10, drain });
    await app.listen({ port: 0, host: "127.0.0.1" });

    const status = statusOf(app.server.address() as AddressInfo);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const finished = await drainAndClose(app, drain, { delayMs: 10, deadlineMs: 5000 });

    assert.equal(finished, true);
    assert.equal(await status, 200);
  });

  it("gives up on a request that outlasts the deadline", async () => {
    const stuck: EntryStore = { ...AWAY, list: () => new Promise(() => undefined) };
    const drain = new Drain();
    const app = createApp({ entries: stuck, pageSize: 10, drain });
    await app.listen({ port: 0, host: "127.0.0.1" });

    const status = statusOf(app.server.address() as AddressInfo).catch(() => "cut");
    await new Promise((resolve) => setTimeout(resolve, 30));
    const finished = await drainAndClose(app, drain, { delayMs: 0, deadlineMs: 50 });
    app.server.closeAllConnections();

    assert.equal(finished, false);
    assert.equal(await status, "cut");
  });
});

function statusOf({ port }: AddressInfo): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: "127.0.0.1", path: "/api/entries" }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on("error", reject).end();
  });
}
