import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { graphql, inPrisma, management, managementApiSecret, post, sql } from "./graphql.js";
import { answerTo, signIn } from "./maria-db.js";
import { call, objects, rolledOut, settled, until, urlOf } from "./platform.js";

const CREATE =
  "mutation ($data: UserCreate!) { createUser(data: $data) { id posts { title comments { text } } } }";
const NESTED = "{ posts(take: 20) { title author { name } comments { text author { name } } } }";

const codesOf = async (query: string, variables?: object) =>
  ((await graphql(query, variables)).errors ?? []).map(({ extensions }) => extensions.code);

/** How many statements the service sends for a query. */
async function statementsOf(query: string): Promise<number> {
  await sql("TRUNCATE mysql.general_log; SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON");
  try {
    await graphql(query);
  } finally {
    await sql("SET GLOBAL general_log = OFF");
  }
  const rows =
    "FROM mysql.general_log WHERE user_host LIKE 'prisma%' AND command_type IN ('Query', 'Execute') AND argument LIKE 'SELECT `%'";
  return Number(await sql(`SELECT COUNT(*) ${rows}`));
}

describe("the GraphQL service, through its entry", () => {
  const id = randomUUID();
  const email = `${id}@example.com`;

  after(async () => {
    await graphql("mutation ($id: String!) { deleteUser(where: { id: $id }) { id } }", { id });
  });

  it("lets in nobody without the secret, neither to the data nor to the management", async () => {
    const url = urlOf("prisma");
    for (const [method, path] of [
      ["POST", "/"],
      ["GET", "/management/migrations"],
      ["POST", "/management/migrations"],
      ["POST", "/management/seed"],
    ] as const) {
      for (const headers of [{ authorization: "" }, { authorization: "Bearer wrong" }]) {
        const { status } = await call(`${url}${path}`, method, undefined, { headers });
        assert.equal(status, 401, `${method} ${path}`);
      }
    }
  });

  it("shows a browser a page to try queries in", async () => {
    const { status, headers, body } = await call(`${urlOf("prisma")}/`, "GET", undefined, {
      headers: { accept: "text/html" },
    });
    assert.deepEqual([status, headers["content-type"]], [200, "text/html"]);
    assert.match(body, /<title>Prisma<\/title>[^]*YogaGraphiQL\.renderYogaGraphiQL/);
  });

  it("tells which migrations are applied, and has nothing left to apply", async () => {
    const { migrations } = JSON.parse((await management("/management/migrations")).body);
    assert.ok(migrations.length > 0);
    for (const { name, state } of migrations) assert.equal(state, "applied", name);
    assert.deepEqual(JSON.parse((await management("/management/migrations", "POST")).body), { applied: [] });
  });

  it("seeds the same rows however often it is asked to", async () => {
    await management("/management/seed", "POST");
    const before = (await graphql("{ usersCount postsCount commentsCount }")).data;
    await management("/management/seed", "POST");
    assert.deepEqual((await graphql("{ usersCount postsCount commentsCount }")).data, before);
  });

  it("writes a user with posts and comments in one go, and refuses the same one again", async () => {
    const comments = { create: [{ text: "c", author: { connect: { email: "author@example.com" } } }] };
    const posts = { create: [1, 2, 3].map((n) => ({ title: `t${n}`, body: "b", comments })) };
    const data = { id, email, name: "An author", posts };
    const { createUser } = (await graphql(CREATE, { data })).data;

    assert.equal(createUser.id, id);
    assert.deepEqual(createUser.posts.map(({ title }: any) => title).sort(), ["t1", "t2", "t3"]);
    assert.deepEqual(await codesOf(CREATE, { data }), ["CONFLICT"]);
  });

  it("filters, orders and pages by a cursor", async () => {
    const page = async (args: string): Promise<{ id: string; title: string }[]> => {
      const where = "{ author: { email: { equals: $email } } }";
      const list = `posts(where: ${where}, orderBy: [{ title: asc }], ${args})`;
      return (await graphql(`query ($email: String!) { ${list} { id title } }`, { email })).data.posts;
    };
    const first = await page("take: 2");
    const next = await page(`take: 2, skip: 1, cursor: { id: "${first.at(-1)?.id ?? ""}" }`);
    assert.deepEqual(
      [...first, ...next].map(({ title }) => title),
      ["t1", "t2", "t3"],
    );
  });

  it("changes and removes what it is told to, and says when there is no such thing", async () => {
    const update = (key: string) =>
      graphql(`mutation { updateUser(where: { id: "${key}" }, data: { name: "Eva" }) { name } }`);
    assert.equal((await update(id)).data.updateUser.name, "Eva");
    assert.equal((await update("nobody")).errors?.[0]?.extensions.code, "NOT_FOUND");
  });

  it("asks the database once for each level of a query, however many rows there are", async () => {
    assert.equal(await statementsOf(NESTED), 4);
    assert.equal(await statementsOf(NESTED.replace("take: 20", "take: 1")), 4);
  });

  it("refuses hostile queries quickly, and goes on", async () => {
    const deep = `{ posts { ${"comments { post { ".repeat(4)} id ${"} } ".repeat(4)} } }`;
    const aliases = Array.from({ length: 1000 }, (_, i) => `a${i}: usersCount`).join(" ");
    const started = Date.now();
    assert.deepEqual(await codesOf(deep), ["QUERY_TOO_LARGE"]);
    assert.deepEqual(await codesOf(`{ ${aliases} }`), ["GRAPHQL_PARSE_FAILED"]);
    assert.deepEqual(
      await codesOf("{ users(take: 100) { posts(take: 100) { comments(take: 100) { id } } } }"),
      ["QUERY_TOO_LARGE"],
    );
    const huge = await post("query ($n: String) { usersCount(where: { name: { equals: $n } }) }", {
      n: "x".repeat(1e6),
    });
    assert.equal(huge.status, 413);
    const long = "query ($n: String) { usersCount(where: { name: { equals: $n } }) }";
    assert.deepEqual(await codesOf(long, { n: "x".repeat(70_000) }), ["VARIABLES_TOO_LARGE"]);
    const nested = Array.from({ length: 20 }).reduce<object>((inner) => ({ AND: [inner] }), {});
    const asked = "query ($where: UserWhere) { usersCount(where: $where) }";
    assert.deepEqual(await codesOf(asked, { where: nested }), ["VARIABLES_TOO_LARGE"]);
    const injected = "' OR 1=1; DROP TABLE `User`; --";
    const found = await graphql("query ($n: String) { users(where: { name: { equals: $n } }) { id } }", {
      n: injected,
    });
    assert.deepEqual(found, { data: { users: [] } });
    assert.ok(Date.now() - started < 10_000);
    assert.equal((await graphql("{ usersCount }")).errors, undefined);
  });

  it("starts on an empty database as two pods at once, of which one makes the tables", async () => {
    await inPrisma("scale", "deployment/prisma", "--replicas=0");
    try {
      await until("no pod", async () => {
        const pods = await objects("pods", "-n", "prisma", "-l", "app.kubernetes.io/component=prisma");
        return pods.length === 0 ? undefined : `${pods.length} pods`;
      });
      await sql(
        "DROP DATABASE prisma; CREATE DATABASE prisma CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
      );
    } finally {
      await inPrisma("scale", "deployment/prisma", "--replicas=2");
    }
    await rolledOut("deployment/prisma", "prisma");
    await settled();

    const pods = await objects("pods", "-n", "prisma", "-l", "app.kubernetes.io/component=prisma");
    assert.equal(pods.length, 2);
    assert.deepEqual(
      pods.map(({ status }) => status.containerStatuses[0].restartCount),
      [0, 0],
    );
    assert.equal(
      await sql("SELECT COUNT(*) FROM prisma._prisma_migrations WHERE finished_at IS NOT NULL"),
      "1",
    );
    await management("/management/seed", "POST");
    await graphql(CREATE, { data: { id, email, name: "An author" } });
  });

  it("signs in to its database over TLS, without which MariaDB refuses the same user and password", async () => {
    const service = await signIn();
    assert.equal(service.ssl, true);
    assert.deepEqual(
      [await answerTo({ ...service, ssl: false }), await answerTo(service)],
      ["ER_ACCESS_DENIED_ERROR", "welcome"],
    );
  });

  it("shows its secret in no log", async () => {
    const secret = await managementApiSecret();
    const logs = await inPrisma("logs", "-l", "app.kubernetes.io/component=prisma", "--tail=-1");
    assert.ok(logs.includes('"migrated"'));
    assert.equal(logs.includes(secret), false);
  });
});
