import assert from "node:assert/strict";
import { blogOf, fakeDatabase } from "./fake-database.js";
import { repeating } from "../../../apps/prisma/src/repeats.js";
import { models } from "../../../apps/prisma/src/schema/models.js";
import { service } from "./service.js";

const MODELS = models.map(({ one }) => one);
const NESTED = "{ posts { title author { name } comments { text author { email } } } }";
const ALIASED = `{ posts {
  comments(take: 1) { text author { email } }
  more: comments(take: 2) { text }
  most: comments(take: 3) { text }
} }`;

/** How many statements a query takes for one post, for five, and for twenty. */
async function statementsOf(query: string): Promise<number[]> {
  const counts = [];
  for (const posts of [1, 5, 20]) {
    const { client, statements } = fakeDatabase(blogOf(posts));
    const { data } = await service({ client: repeating(client, MODELS, { patienceMs: 10_000 }) }).ask(query);
    assert.equal(data.posts.length, posts);
    assert.equal(data.posts[0].comments[0].author.email, "u0@example.com");
    counts.push(statements.length);
  }
  return counts;
}

/** The one statement of a query. */
async function sqlOf(query: string): Promise<string> {
  const { client, statements } = fakeDatabase({});
  await service({ client }).ask(query);
  assert.equal(statements.length, 1, statements.join("\n"));
  return statements[0] ?? "";
}

describe("apps/prisma queries", () => {
  it("take one statement for each level of a nested query, however many rows there are", async () => {
    assert.deepEqual(await statementsOf(NESTED), [4, 4, 4]);
  });

  it("take two more for each further name of a relation: for its rows, and to find those that they belong to again", async () => {
    assert.deepEqual(await statementsOf(ALIASED), [7, 7, 7]);
  });

  it("read the columns that are asked for, and the keys", async () => {
    const { client, statements } = fakeDatabase(blogOf(2));
    const { data } = await service({ client }).ask(
      "{ posts { ...some author { n: name } } } fragment some on Post { title published createdAt }",
    );
    assert.deepEqual(data.posts[1], {
      title: "T1",
      published: true,
      createdAt: "2026-01-31T12:00:00.000Z",
      author: { n: "U1" },
    });
    assert.deepEqual(
      statements.map((sql) =>
        [...(/^SELECT (.*?) FROM/.exec(sql)?.[1] ?? "").matchAll(/`(\w+)`(?:,|$)/g)]
          .map(([, name]) => name)
          .sort(),
      ),
      [
        ["authorId", "createdAt", "id", "published", "title"],
        ["id", "name"],
      ],
    );
  });

  it("read the same rows twice where they are asked for in two ways", async () => {
    const { data, errors } = await service().ask(
      `{ posts {
           id
           a: comments(take: 1) { id post { title } }
           b: comments(take: 2) { text author { email } }
           author { id }
           again: author { posts(take: 1) { body } name }
         } }`,
    );
    assert.equal(errors, undefined);
    assert.deepEqual(data.posts[1].a[0], { id: "c2", post: { title: "T1" } });
    assert.deepEqual(data.posts[1].b[0], { text: "t", author: { email: "u1@example.com" } });
    assert.deepEqual(data.posts[1].author, { id: "u1" });
    assert.deepEqual(data.posts[1].again, { posts: [{ body: "b" }], name: "U1" });
  });

  it("read a model's row by any unique field, and answer null when there is none", async () => {
    const { ask } = service({ client: fakeDatabase({}).client });
    const { data } = await ask(
      '{ a: user(where: { email: "x" }) { id } b: post(where: { id: "x" }) { id } }',
    );
    assert.deepEqual(data, { a: null, b: null });
  });

  it("bring at most twenty rows unless they are asked for more, and at most a hundred", async () => {
    assert.match(await sqlOf("{ users { id } }"), /LIMIT/);
    const limits: unknown[] = [];
    for (const take of ["", "(take: 5)", "(take: 1000)", "(take: -1000)"]) {
      const { client } = fakeDatabase({});
      const watched = client.$extends({
        query: {
          $allOperations: ({ args, query }) => {
            limits.push((args as { take?: number }).take);
            return query(args);
          },
        },
      });
      await service({ client: watched as never }).ask(`{ users${take} { id } }`);
    }
    assert.deepEqual(limits, [20, 5, 100, -100]);
  });

  it("order every list to the last row, so that a page has a next one", async () => {
    assert.match(await sqlOf("{ users { id } }"), /ORDER BY `prisma`\.`User`\.`id` ASC/);
    assert.match(
      await sqlOf("{ users(orderBy: [{ name: desc }]) { id } }"),
      /ORDER BY `prisma`\.`User`\.`name` DESC, `prisma`\.`User`\.`id` ASC/,
    );
  });

  it("keep what a caller says out of the SQL", async () => {
    const { client, statements } = fakeDatabase({});
    const hostile = "' OR 1=1; DROP TABLE User; --";
    const { data } = await service({ client }).ask(
      "query ($n: String) { users(where: { name: { equals: $n } }) { id } }",
      { n: hostile },
    );
    assert.deepEqual(data, { users: [] });
    assert.equal(
      statements.some((sql) => sql.includes("DROP")),
      false,
    );
  });

  it("filter by the rows of other models", async () => {
    const sql = await sqlOf('{ posts(where: { comments: { some: { text: { contains: "x" } } } }) { id } }');
    assert.match(sql, /EXISTS|IN \(SELECT/);
  });
});
