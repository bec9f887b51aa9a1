import assert from "node:assert/strict";
import { fakeDatabase } from "./fake-database.js";
import { codesOf, service } from "./service.js";

/** What is refused before the database hears of it. */
async function refused(query: string, variables?: object): Promise<string[]> {
  const { client, statements } = fakeDatabase({});
  const codes = codesOf(await service({ client }).ask(query, variables));
  assert.deepEqual(statements, []);
  return codes;
}

describe("apps/prisma limits", () => {
  it("refuse a deep query, a wide one and one of too many rows", async () => {
    const deep =
      "{ posts { comments { post { comments { post { comments { post { comments { id } } } } } } } } }";
    const wide = `{ ${Array.from({ length: 250 }, () => "users(take: 1) { id }").join(" ")} }`;
    const long = "{ users(take: 100) { posts(take: 100) { comments(take: 100) { id } } } }";
    assert.deepEqual(await refused(deep), ["QUERY_TOO_LARGE"]);
    assert.deepEqual(await refused(long), ["QUERY_TOO_LARGE"]);
    assert.equal((await refused(wide)).length, 1);
  });

  it("refuse the same field under a thousand names, and a document without an end", async () => {
    const aliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, i) => `a${i}: usersCount`).join(" ")} }`;
    assert.equal((await refused(aliases(31))).length, 1);
    assert.deepEqual(await refused(aliases(1000)), ["GRAPHQL_PARSE_FAILED"]);
  });

  it("refuse a body of more than a quarter of a mebibyte", async () => {
    const { app } = service();
    const payload = { query: "{ usersCount }", variables: { n: "x".repeat(300_000) } };
    const { statusCode } = await app.inject({ method: "POST", url: "/", payload });
    assert.equal(statusCode, 413);
  });

  it("end a query that takes too long", async () => {
    const { client } = fakeDatabase({});
    const slow = client.$extends({ query: { $allOperations: () => new Promise(() => undefined) } });
    const { ask } = service({ client: slow as never, timeoutMs: 50 });
    assert.deepEqual(codesOf(await ask("{ users { id } }")), ["TIMEOUT"]);
  });

  it("tell nothing of the schema unless they are asked to, not even by a suggestion", async () => {
    const schemaOf = (introspection: boolean) =>
      service({ introspection }).ask("{ __schema { queryType { name } } }");
    assert.deepEqual(codesOf(await schemaOf(false)), Array(2).fill("GRAPHQL_VALIDATION_FAILED"));
    assert.equal((await schemaOf(true)).data.__schema.queryType.name, "Query");

    const misspelt = await service().ask("{ user { id } usrs { id } }");
    assert.doesNotMatch(misspelt.body, /Did you mean/);
    assert.match((await service({ introspection: true }).ask("{ usrs { id } }")).body, /Did you mean/);
  });
});
