import assert from "node:assert/strict";
import { journal } from "./journal.js";

describe("apps/journal/frontend API", () => {
  it("adds an entry and says where it is", async () => {
    const { app, add } = journal();

    const added = await add({ author: "a writer", text: "Rain again." });
    const entry = added.json();
    const found = await app.inject({ url: added.headers.location as string });

    assert.equal(added.statusCode, 201);
    assert.deepEqual(Object.keys(entry), ["id", "author", "text", "createdAt"]);
    assert.equal(added.headers.location, `/api/entries/${entry.id}`);
    assert.equal(new Date(entry.createdAt).toISOString(), entry.createdAt);
    assert.deepEqual(found.json(), entry);
  });

  it("trims what was written, and signs an entry without an author as anonymous", async () => {
    const { add } = journal();

    const trimmed = await add({ author: "  somebody ", text: "  hello\n" });
    const blank = await add({ author: " ", text: "x" });
    const missing = await add({ text: "x" });

    assert.deepEqual([trimmed.json().author, trimmed.json().text], ["somebody", "hello"]);
    assert.deepEqual([blank.json().author, missing.json().author], ["anonymous", "anonymous"]);
  });

  it("lists an empty journal as one empty page", async () => {
    const listed = await journal().list();

    assert.equal(listed.statusCode, 200);
    assert.deepEqual(listed.json(), { entries: [], page: 1, pages: 1, total: 0, pageSize: 10 });
    assert.equal(listed.headers["cache-control"], "no-store");
  });

  it("pages through the entries, newest first", async () => {
    const { add, list } = journal(2);
    for (const text of ["1", "2", "3", "4", "5"]) {
      await add({ text });
    }

    const pages = await Promise.all(["", "?page=1", "?page=2", "?page=3", "?page=4"].map(list));

    assert.deepEqual(
      pages.map((page) => page.json().entries.map((entry: { text: string }) => entry.text)),
      [["5", "4"], ["5", "4"], ["3", "2"], ["1"], []],
    );
    assert.deepEqual(
      pages.map((page) => [page.json().page, page.json().pages, page.json().total]),
      [1, 1, 2, 3, 4].map((page) => [page, 3, 5]),
    );
  });

  it("fills its last page to the brim before it starts another", async () => {
    const { add, list } = journal(2);
    await add({ text: "1" });
    await add({ text: "2" });

    assert.equal((await list()).json().pages, 1);
    await add({ text: "3" });
    assert.equal((await list()).json().pages, 2);
  });

  for (const page of ["0", "-1", "1.5", "abc", "", "1e3", "01", "1000000", "1&page=2", "1;DEL *"]) {
    it(`refuses page ${JSON.stringify(page)}`, async () => {
      const listed = await journal().list(`?page=${page}`);

      assert.equal(listed.statusCode, 400);
      assert.equal(listed.json().error.code, "bad_request");
      assert.match(listed.json().error.message, /^page must be /);
    });
  }

  it("deletes an entry once", async () => {
    const { app, add, list } = journal();
    const { id } = (await add({ text: "x" })).json();

    const first = await app.inject({ method: "DELETE", url: `/api/entries/${id}` });
    const second = await app.inject({ method: "DELETE", url: `/api/entries/${id}` });

    assert.deepEqual([first.statusCode, first.body], [204, ""]);
    assert.deepEqual([second.statusCode, second.json().error.code], [404, "not_found"]);
    assert.equal((await list()).json().total, 0);
  });

  const unknown = ["4b802160-0bfc-4acc-aad4-ea05fbeac348", "nope", "*", "..%2F..", "%00", "__proto__"];
  for (const id of unknown) {
    it(`answers 404 for the entry "${id}"`, async () => {
      const { app } = journal();

      const found = await app.inject({ url: `/api/entries/${id}` });
      const deleted = await app.inject({ method: "DELETE", url: `/api/entries/${id}` });

      assert.deepEqual([found.statusCode, deleted.statusCode], [404, 404]);
      assert.equal(found.json().error.code, "not_found");
    });
  }

  it("answers 400 for an address that is no URL, 414 for one that is too long, and 404 for a route that is not there", async () => {
    const { app } = journal();

    const malformed = await app.inject({ url: "/api/entries/%" });
    const tooLong = await app.inject({ url: `/api/entries/${"x".repeat(500)}` });
    const missing = await app.inject({ method: "PUT", url: "/api/entries?secret=1" });

    assert.deepEqual([malformed.statusCode, malformed.json().error.code], [400, "bad_request"]);
    assert.deepEqual([tooLong.statusCode, tooLong.json().error.code], [414, "uri_too_long"]);
    assert.deepEqual(
      [missing.statusCode, missing.json().error.message],
      [404, "no such route: PUT /api/entries"],
    );
  });
});
