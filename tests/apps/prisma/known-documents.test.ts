import assert from "node:assert/strict";
import { createGraphQL } from "../../../apps/prisma/src/graphql.js";
import { buildSchema } from "../../../apps/prisma/src/schema/schema.js";
import { blogOf, fakeDatabase } from "./fake-database.js";
import { type ServiceOptions, codesOf, service } from "./service.js";

const LIST = "{ posts { id title createdAt author { name } } }";
const NAMED = "query ($take: Int, $id: String) { posts(take: $take, where: { id: { equals: $id } }) { id } }";

type Request = { payload: object | string; headers?: Record<string, string> };

/** Answers to the same request of a service: by Yoga, and by what it has learnt from Yoga. */
async function bothWays(request: Request, options?: ServiceOptions) {
  const { app } = service(options);
  const send = async () => {
    const { statusCode, headers, body } = await app.inject({ method: "POST", url: "/", ...request });
    const { "content-type": type, "cache-control": cache, "x-content-type-options": sniff } = headers;
    return { statusCode, type, cache, sniff, body: JSON.parse(body || "null") };
  };
  return [await send(), await send()] as const;
}

async function same(request: Request, options?: ServiceOptions) {
  const [first, second] = await bothWays(request, options);
  assert.deepEqual(second, first);
  return second;
}

describe("apps/prisma known documents", () => {
  it("are answered as Yoga answers them, whatever a caller accepts", async () => {
    const accepted: Record<string, string | undefined> = {
      "*/*": "application/json; charset=utf-8",
      "application/json": "application/json; charset=utf-8",
      "application/json, text/plain, */*": "application/json; charset=utf-8",
      "application/graphql-response+json": "application/graphql-response+json; charset=utf-8",
      "application/graphql-response+json,application/json;q=0.9":
        "application/graphql-response+json; charset=utf-8",
      "application/json, application/graphql-response+json": "application/json; charset=utf-8",
      "text/html, application/*;q=0.8": "application/json; charset=utf-8",
      "application/json;charset=utf-8": "application/json; charset=utf-8",
    };
    for (const [accept, type] of Object.entries(accepted)) {
      const answer = await same({ payload: { query: LIST }, headers: { accept } });
      assert.deepEqual(
        [answer.statusCode, answer.type, answer.body.data.posts.length],
        [200, type, 3],
        accept,
      );
    }
    for (const accept of ["text/html", "constructor", "application/json;CHARSET=latin1"])
      assert.equal((await same({ payload: { query: LIST }, headers: { accept } })).statusCode, 406);
  });

  it("are answered without Yoga once it has executed them, but neither long ones nor more than so many", async () => {
    const { client } = fakeDatabase(blogOf(3));
    const log = { error: () => undefined };
    const options = { db: client, introspection: true, playground: false, log: log as never };
    const { yoga, known } = createGraphQL(buildSchema(), { ...options, mostKnown: 2 });
    const ask = async (query: string) => {
      const headers = { "content-type": "application/json" };
      const { status } = await yoga.fetch("http://localhost/", {
        method: "POST",
        headers,
        body: JSON.stringify({ query }),
      });
      assert.equal(status, 200, query);
    };
    const isKnown = async (query: string) => (await known.answer({ query }, undefined)) !== undefined;
    const long = `{ posts { id } } # ${"x".repeat(8192)}`;
    for (const query of [LIST, long]) {
      assert.equal(await isKnown(query), false);
      await ask(query);
    }
    assert.deepEqual([await isKnown(LIST), await isKnown(long)], [true, false]);
    const [second, third] = ["{ users { id } }", "{ users { name } }"];
    for (const query of [second, second, third]) await ask(query);
    assert.deepEqual(await Promise.all([LIST, second, third].map(isKnown)), [false, true, true]);
  });

  it("take other variables and another operation the second time", async () => {
    const query = "query A($take: Int) { posts(take: $take) { id } } query B { users { name } }";
    const asked: unknown[] = [];
    const client = fakeDatabase(blogOf(3)).client.$extends({
      query: {
        $allOperations: ({ model, args, query: next }) => {
          asked.push([model, (args as { take?: number }).take]);
          return next(args);
        },
      },
    });
    const { app } = service({ client: client as never });
    const send = async (operationName: string, variables: object) => {
      const { body } = await app.inject({
        method: "POST",
        url: "/",
        payload: { query, operationName, variables },
      });
      return JSON.parse(body).data as Record<string, unknown>;
    };
    await send("A", { take: 1 });
    await send("A", { take: 2 });
    assert.deepEqual(Object.keys(await send("B", {})), ["users"]);
    assert.deepEqual(asked, [
      ["Post", 1],
      ["Post", 2],
      ["User", 20],
    ]);
  });

  it("leave to Yoga what it would refuse", async () => {
    const payloads = [
      { query: NAMED, variables: { take: "x" } },
      { query: NAMED, operationName: "Nobody" },
      { query: NAMED, variables: [1] },
      { query: NAMED, variables: "take" },
      { query: NAMED, extensions: 1 },
      { query: NAMED, other: 1 },
      { query: NAMED, variables: { id: "x".repeat(70_000) } },
      { query: [NAMED] },
      [{ query: NAMED }],
    ];
    for (const payload of payloads) {
      const { app, ask } = service();
      const send = async () => {
        const { statusCode, body } = await app.inject({ method: "POST", url: "/", payload });
        return { statusCode, body };
      };
      const unknown = await send();
      assert.deepEqual((await ask(NAMED)).errors, undefined);
      assert.deepEqual(await send(), unknown);
      assert.match(unknown.body, /"errors"/, JSON.stringify(payload));
    }
  });

  it("mask what goes wrong, and end what takes too long", async () => {
    const broken = fakeDatabase(blogOf(3), (sql) => {
      if (/FROM `\w+`.`User`/.test(sql)) throw new Error("password p4ss at 10.0.0.7");
    });
    const { body, statusCode } = await same({ payload: { query: LIST } }, { client: broken.client });
    assert.deepEqual([statusCode, codesOf(body)], [200, ["INTERNAL"]]);
    assert.doesNotMatch(JSON.stringify(body), /p4ss|10\.0/);

    const slow = fakeDatabase({}).client.$extends({
      query: { $allOperations: () => new Promise(() => undefined) },
    });
    const late = await same({ payload: { query: LIST } }, { client: slow as never, timeoutMs: 50 });
    assert.deepEqual([late.statusCode, codesOf(late.body)], [200, ["TIMEOUT"]]);
  });

  it("ask the database once for each level, and count what they cost each time", async () => {
    const { client, statements } = fakeDatabase(blogOf(3));
    const { ask } = service({ client });
    for (const asked of [2, 4]) {
      await ask(LIST);
      assert.equal(statements.length, asked);
    }
    const deep =
      "query ($take: Int) { users(take: 100) { posts(take: $take) { comments(take: 100) { id } } } }";
    assert.deepEqual(codesOf(await ask(deep, { take: 1 })), []);
    assert.deepEqual(codesOf(await ask(deep, { take: 100 })), ["QUERY_TOO_LARGE"]);
  });
});
