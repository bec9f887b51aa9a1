import assert from "node:assert/strict";
import fc from "fast-check";
import { journal } from "./journal.js";

describe("apps/journal/frontend input", () => {
  const refused: [situation: string, body: unknown, message: string][] = [
    ["no text", { author: "somebody" }, "text is required"],
    ["an empty text", { text: "" }, "text must not be blank"],
    ["a blank text", { text: " \n\t" }, "text must not be blank"],
    ["a text of 4001 characters", { text: "x".repeat(4001) }, "text must NOT have more than 4000 characters"],
    ["a number as text", { text: 5 }, "text must be string"],
    ["null as text", { text: null }, "text must be string"],
    ["an object as text", { text: { $ne: "" } }, "text must be string"],
    ["a list as author", { text: "x", author: ["somebody"] }, "author must be string"],
    [
      "an author of 81 characters",
      { text: "x", author: "x".repeat(81) },
      "author must NOT have more than 80 characters",
    ],
    ["a property that nobody knows", { text: "x", admin: true }, "admin is not a known property"],
    ["an id of the writer's choice", { text: "x", id: "1" }, "id is not a known property"],
    ["a list", [{ text: "x" }], "body must be object"],
  ];
  for (const [situation, body, message] of refused) {
    it(`refuses ${situation}`, async () => {
      const { add, list } = journal();

      const answer = await add(body);

      assert.equal(answer.statusCode, 400);
      assert.equal(answer.json().error.code, "bad_request");
      assert.equal(answer.json().error.message, message);
      assert.equal((await list()).json().total, 0);
    });
  }

  it("names every problem of a body, up to ten", async () => {
    const { add } = journal();

    const two = await add({ author: 1, extra: 1 });
    const many = await add(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${i}`, i])));

    assert.deepEqual(
      two
        .json()
        .error.details.map((detail: { path: string }) => detail.path)
        .sort(),
      ["author", "extra", "text"],
    );
    assert.equal(many.json().error.details.length, 10);
  });

  const unreadable: [situation: string, payload: string | Buffer, type: string, status: number][] = [
    ["broken JSON", '{"text":', "application/json", 400],
    ["an empty body", "", "application/json", 400],
    ["a poisoned prototype", '{"text":"x","__proto__":{"admin":true}}', "application/json", 400],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00]), "application/json", 400],
    ["plain text", "hello", "text/plain", 415],
    ["a form", "text=hello", "application/x-www-form-urlencoded", 415],
    ["a content type that is none", "{}", "nonsense", 415],
    ["a body over 64 KiB", JSON.stringify({ text: "x".repeat(65_536) }), "application/json", 413],
  ];
  for (const [situation, payload, type, status] of unreadable) {
    it(`answers ${status} for ${situation}`, async () => {
      const answer = await journal().raw(payload, type);

      assert.equal(answer.statusCode, status);
      assert.deepEqual(Object.keys(answer.json()), ["error"]);
    });
  }

  it("takes the longest entry allowed, in four-byte characters and with all of them escaped", async () => {
    const text = "🙂".repeat(4000);
    const author = "🙂".repeat(80);

    const plain = await journal().add({ author, text });
    const escape = (words: string) => words.replaceAll("🙂", "\\ud83d\\ude42");
    const escaped = await journal().raw(`{ "author": "${escape(author)}", "text": "${escape(text)}" }`);

    for (const added of [plain, escaped]) {
      assert.equal(added.statusCode, 201);
      assert.deepEqual([added.json().author, added.json().text], [author, text]);
    }
  });

  it("keeps what looks like an attack as the text that it is", async () => {
    const { add, list } = journal();
    const texts = [
      "<script>alert(1)</script>",
      "\r\nFLUSHALL\r\n$5",
      "'; DROP TABLE entries; --",
      "a\u0000b",
      "${7*7}",
    ];

    for (const text of texts) {
      await add({ text });
    }

    const listed = (await list()).json().entries.map((entry: { text: string }) => entry.text);
    assert.deepEqual(
      listed.reverse(),
      texts.map((text) => text.trim()),
    );
  });

  it("replaces half a surrogate pair, which could not be stored", async () => {
    const added = await journal().raw('{"text":"a\\ud83d!"}');

    assert.equal(added.json().text, "a\uFFFD!");
  });

  it("never answers a random body with a 5xx", async () => {
    const { app, raw } = journal();
    const bodies = fc.oneof(
      fc.json(),
      // As fc.string with "binary", which first makes a table of all characters, and halves of pairs besides.
      fc.array(fc.nat({ max: 0x10_ff_ff })).map((points) => String.fromCodePoint(...points)),
      fc
        .record({ text: fc.anything(), author: fc.anything() }, { requiredKeys: [] })
        .map((body) => safeJson(body)),
      fc.record({ text: fc.string({ minLength: 1 }), author: fc.string() }).map((body) => safeJson(body)),
    );

    await fc.assert(
      fc.asyncProperty(bodies, fc.string(), async (body, page) => {
        const added = await raw(body);
        const listed = await app.inject({ url: "/api/entries", query: { page } });
        assert.ok(added.statusCode < 500, `POST answered ${added.statusCode}`);
        assert.ok(listed.statusCode < 500, `GET answered ${listed.statusCode}`);
      }),
      { numRuns: 100 },
    );
  });
});

/** JSON of anything; what has none (a bigint, a cycle) becomes a body that is not JSON either. */
function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "not JSON";
  }
}
