import assert from "node:assert/strict";
import { Agent, request } from "node:http";
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
    const wide = `{ ${Array.from({ length: 250 }, () => "users { id }").join(" ")} }`;
    const long = "{ users(take: 100) { posts(take: 100) { comments(take: 100) { id } } } }";
    assert.deepEqual(await refused(deep), ["QUERY_TOO_LARGE"]);
    assert.deepEqual(await refused(long), ["QUERY_TOO_LARGE"]);
    assert.deepEqual(await refused(wide), ["QUERY_TOO_LARGE"]);
  });

  it("refuse the same field under a thousand names, and a document without an end", async () => {
    const aliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, i) => `a${i}: usersCount`).join(" ")} }`;
    assert.deepEqual(await refused(aliases(31)), ["GRAPHQL_VALIDATION_FAILED"]);
    assert.deepEqual(await refused(aliases(1000)), ["GRAPHQL_PARSE_FAILED"]);
  });

  describe("of variables", () => {
    const QUERY = "query ($where: PostWhere) { posts(where: $where) { id } }";
    /** That many filters within each other. */
    const deep = (depth: number) =>
      Array.from({ length: depth }).reduce<object>((inner) => ({ AND: [inner] }), {});
    const wide = (count: number) => ({ id: { in: Array.from({ length: count }, () => "") } });
    const long = (count: number) => ({ title: { equals: "x".repeat(count) } });
    const asked = async (where: object) => codesOf(await service().ask(QUERY, { where }));

    it("let through what is within them", async () => {
      // Each filter is an object and a list; the variables themselves are another one, and "where" a name in them.
      for (const where of [deep(5), wide(1997), long(64 * 1024 - "wheretitleequals".length)])
        assert.deepEqual(await asked(where), []);
    });

    it("refuse those that are too deep, too many or too long, before anybody looks at the query", async () => {
      for (const where of [deep(6), wide(1998), long(64 * 1024 - "wheretitleequals".length + 1)])
        assert.deepEqual(await refused(QUERY, { where }), ["VARIABLES_TOO_LARGE"]);
      assert.deepEqual(await refused("{ nonsense", { n: "x".repeat(70_000) }), ["VARIABLES_TOO_LARGE"]);
    });

    it("refuse an abyss without falling into it", async () => {
      const { app } = service();
      const payload = `{"query":"{ usersCount }","variables":{"n":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
      const headers = { "content-type": "application/json" };
      const { body } = await app.inject({ method: "POST", url: "/", payload, headers });
      assert.deepEqual(codesOf(JSON.parse(body)), ["VARIABLES_TOO_LARGE"]);
    });
  });

  describe("of values in the document", () => {
    /** Objects and lists by turns, that many within each other. */
    const filter = (depth: number): string => {
      const open = Array.from({ length: depth }, (_, index) => (index % 2 === 0 ? "{ AND: " : "["));
      const text = open.join("").replace(/{ AND: $/, "{");
      return `${text}${Array.from(open, (_, index) => ((depth - index) % 2 === 0 ? "]" : "}")).join("")}`;
    };

    it("let through what is as deep as variables may be, each for itself", async () => {
      const many = Array.from({ length: 20 }, (_, index) => `a${index}: posts(where: ${filter(12)}) { id }`);
      for (const query of [`{ posts(where: ${filter(12)}) { id } }`, `{ ${many.join(" ")} }`])
        assert.deepEqual(codesOf(await service().ask(query)), []);
    });

    it("refuse a deeper one, wherever it stands, and an abyss as well", async () => {
      for (const query of [
        `{ posts(where: ${filter(13)}) { id } }`,
        `{ posts(where: ${filter(600)}) { id } }`,
        `{ posts(where: { OR: [{ id: { in: [] } }], AND: [${filter(11)}] }) { id } }`,
        `{ users { posts(where: ${filter(13)}) { id } } }`,
        `query ($where: PostWhere = ${filter(13)}) { posts(where: $where) { id } }`,
      ])
        assert.deepEqual(await refused(query), ["QUERY_TOO_LARGE"], query);
    });
  });

  it("refuse a body of more than a quarter of a mebibyte", async () => {
    const { app } = service();
    const payload = { query: "{ usersCount }", variables: { n: "x".repeat(300_000) } };
    const { statusCode } = await app.inject({ method: "POST", url: "/", payload });
    assert.equal(statusCode, 413);
  });

  it("answer a body that is too long while it is sent, and keep the connection for what comes next", async () => {
    const { app } = service();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const url = await app.listen({ host: "127.0.0.1", port: 0 });
      const { status, reused } = await send(url, agent, "x".repeat(2_000_000));
      assert.deepEqual([status, reused], [413, false]);
      assert.deepEqual(await send(url, agent, '{"query":"{ usersCount }"}'), { status: 200, reused: true });
    } finally {
      agent.destroy();
      await app.close();
    }
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

/** One request over the agent's one connection; tells whether an earlier one had left it open. */
function send(url: string, agent: Agent, body: string): Promise<{ status?: number; reused: boolean }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const outgoing = request(url, { method: "POST", headers, agent }, (response) => {
      response.resume().on("end", () => {
        resolve({ status: response.statusCode, reused: outgoing.reusedSocket });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
