import assert from "node:assert/strict";
import { journal } from "./journal.js";

const KEY = "4b802160-0bfc-4acc-aad4-ea05fbeac348";

/** Sends the entry under that key. */
function adder({ app }: ReturnType<typeof journal>) {
  return (payload: object, key: string) =>
    app.inject({ method: "POST", url: "/api/entries", payload, headers: { "idempotency-key": key } });
}

describe("apps/journal/frontend Idempotency-Key", () => {
  it("adds one entry, however often the request comes, and answers each time with it", async () => {
    const book = journal();
    const add = adder(book);

    const answers = [await add({ text: "once" }, KEY), await add({ text: "once" }, KEY.toUpperCase())];

    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [201, 201],
    );
    assert.deepEqual(answers[1]?.json(), answers[0]?.json());
    assert.equal(answers[0]?.json().id, KEY);
    assert.equal((await book.list()).json().total, 1);
  });

  it("refuses the key of another entry, and leaves that one as it is", async () => {
    const book = journal();
    const add = adder(book);
    await add({ text: "the first" }, KEY);

    const answer = await add({ text: "another" }, KEY);

    assert.deepEqual([answer.statusCode, answer.json().error.code], [422, "idempotency_key_reused"]);
    assert.deepEqual(
      (await book.list()).json().entries.map(({ text }: { text: string }) => text),
      ["the first"],
    );
  });

  it("refuses a key that is no UUID", async () => {
    const answer = await adder(journal())({ text: "x" }, "again");

    assert.deepEqual(
      [answer.statusCode, answer.json().error.message],
      [400, "idempotency-key must be a UUID"],
    );
  });
});
