import assert from "node:assert/strict";
import { list } from "./entries.js";
import { call, type CallOptions, urlOf } from "./platform.js";

const unknownId = "00000000-0000-4000-8000-000000000000";

type Attempt = [what: string, status: number, method: string, path: string, options?: CallOptions];

const post = (what: string, status: number, raw: string, type = "application/json"): Attempt => [
  what,
  status,
  "POST",
  "/api/entries",
  { raw, headers: { "content-type": type } },
];
const body = (value: unknown) => JSON.stringify(value);

const attempts: Attempt[] = [
  post("broken JSON", 400, `{"text": "half`),
  post("no body", 400, ""),
  post("null", 400, "null"),
  post("a list", 400, "[]"),
  post("no text", 400, body({ author: "somebody" })),
  post("an empty text", 400, body({ text: "" })),
  post("a blank text", 400, body({ text: " \n\t " })),
  post("a number as text", 400, body({ text: 7 })),
  post("an object as text", 400, body({ text: { $gt: "" } })),
  post("an author of the wrong type", 400, body({ text: "x", author: ["a"] })),
  post("too long an author", 400, body({ text: "x", author: "a".repeat(81) })),
  post("a text one character too long", 400, body({ text: "x".repeat(4001) })),
  post("an unknown property", 400, body({ text: "x", id: unknownId })),
  post("a polluted prototype", 400, `{"text": "x", "__proto__": {"admin": true}}`),
  post("a polluted constructor", 400, `{"text": "x", "constructor": {"prototype": {"admin": true}}}`),
  post("deep nesting", 400, "[".repeat(8000)),
  post("a huge body", 413, body({ text: "x".repeat(1_000_000) })),
  post("plain text", 415, "text=x", "text/plain"),
  post("a form", 415, "text=x", "application/x-www-form-urlencoded"),
  ["page 0", 400, "GET", "/api/entries?page=0"],
  ["a negative page", 400, "GET", "/api/entries?page=-1"],
  ["a page that is no number", 400, "GET", "/api/entries?page=1%20OR%201=1"],
  ["too large a page", 400, "GET", "/api/entries?page=99999999999999999999"],
  ["two pages", 400, "GET", "/api/entries?page=1&page=2"],
  ["an unknown id", 404, "GET", `/api/entries/${unknownId}`],
  ["an id that is none", 404, "GET", "/api/entries/1"],
  ["a pattern as id", 404, "GET", "/api/entries/*"],
  ["line ends in an id", 404, "GET", "/api/entries/1%0d%0aFLUSHALL"],
  ["deleting an unknown id", 404, "DELETE", `/api/entries/${unknownId}`],
  ["deleting everything", 404, "DELETE", "/api/entries"],
  ["a broken escape", 400, "GET", "/api/entries/%E0%A4%A"],
  ["a way out of the folder", 404, "GET", "/assets/../../../etc/passwd"],
  ["a method that is not there", 404, "PUT", "/api/entries"],
  ["an unknown route", 404, "GET", "/api/admin"],
];

describe("the journal, asked for what it cannot do", () => {
  let total = 0;

  before(async () => {
    total = (await list()).total;
  });

  for (const [what, expected, method, path, options] of attempts) {
    it(`answers ${expected} to ${what}`, async () => {
      const { status, body: text } = await call(`${urlOf("journal")}${path}`, method, undefined, options);
      assert.equal(status, expected, text);
    });
  }

  it("has stored none of it and goes on", async () => {
    assert.equal((await list()).total, total);
  });
});
