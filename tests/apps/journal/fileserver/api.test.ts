import assert from "node:assert/strict";
import { Api, ApiError } from "../../../../apps/journal/fileserver/src/api.js";

const PAGE = { entries: [], page: 1, pages: 1, total: 0, pageSize: 10 };

/** An Api in front of a server that gives these answers in turn; "offline" is none at all. */
function apiWith(...answers: (Response | "offline")[]) {
  const calls: [method: string, url: string, body: unknown][] = [];
  const keys: (string | null)[] = [];
  const fetch = (url: RequestInfo | URL, init?: RequestInit) => {
    calls.push([init?.method ?? "GET", url as string, init?.body]);
    keys.push(new Headers(init?.headers).get("idempotency-key"));
    const answer = answers[calls.length - 1];
    return answer instanceof Response
      ? Promise.resolve(answer)
      : Promise.reject(new TypeError("failed to fetch"));
  };
  return { api: new Api({ fetch, retryDelaysMs: [0, 0] }), calls, keys };
}

function failure(status: number, message?: string): Response {
  return message
    ? Response.json({ error: { code: "x", message } }, { status })
    : new Response("<h1>", { status });
}

describe("apps/journal/fileserver API client", () => {
  it("reads a page", async () => {
    const { api, calls } = apiWith(Response.json(PAGE));

    assert.deepEqual(await api.list(3), PAGE);
    assert.deepEqual(calls, [["GET", "/api/entries?page=3", undefined]]);
  });

  it("reads again when the server is away for a moment", async () => {
    const { api, calls } = apiWith("offline", failure(503, "away"), Response.json(PAGE));

    assert.deepEqual(await api.list(1), PAGE);
    assert.equal(calls.length, 3);
  });

  it("tells the failure after the third try", async () => {
    const { api, calls } = apiWith(failure(502), failure(502), failure(502));

    await assert.rejects(api.list(1), new ApiError("The journal answered with an error (502)."));
    assert.equal(calls.length, 3);
  });

  it("does not repeat a request that is wrong", async () => {
    const { api, calls } = apiWith(failure(400, "page must be a whole number"));

    await assert.rejects(api.list(0), new ApiError("Page must be a whole number."));
    assert.equal(calls.length, 1);
  });

  it("writes again under the same key while the server is away, so that it is one entry", async () => {
    const { api, calls, keys } = apiWith("offline", failure(503, "away"), Response.json({ id: "1" }));

    assert.deepEqual(await api.add("somebody", "hello"), { id: "1" });
    assert.deepEqual(calls[2], ["POST", "/api/entries", '{"author":"somebody","text":"hello"}']);
    assert.equal(new Set(keys).size, 1);
    assert.match(keys[0] ?? "", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("keeps the key when the reader sends an entry again that had no answer, and takes another for the next", async () => {
    const { api, keys } = apiWith("offline", "offline", "offline", Response.json({}), Response.json({}));

    await assert.rejects(api.add("a", "hello"), new ApiError("The journal did not answer. Are you online?"));
    await api.add("a", "hello");
    await api.add("a", "hello");

    assert.equal(new Set(keys.slice(0, 4)).size, 1);
    assert.notEqual(keys[4], keys[3]);
  });

  it("takes another key for an entry that was refused", async () => {
    const { api, keys } = apiWith(failure(400, "text is too long"), Response.json({}));

    await assert.rejects(api.add("a", "hello"), new ApiError("Text is too long."));
    await api.add("a", "hello");

    assert.notEqual(keys[1], keys[0]);
  });

  it("deletes, and takes an entry that is gone already for deleted", async () => {
    const { api, calls } = apiWith(new Response(null, { status: 204 }), failure(404, "no such entry"));

    await api.remove("1");
    await api.remove("a/b");

    assert.deepEqual(
      calls.map(([method, url]) => [method, url]),
      [
        ["DELETE", "/api/entries/1"],
        ["DELETE", "/api/entries/a%2Fb"],
      ],
    );
  });

  it("tells when an entry could not be deleted", async () => {
    const { api } = apiWith(failure(503, "the journal is away"));

    await assert.rejects(api.remove("1"), new ApiError("The journal is away."));
  });
});
