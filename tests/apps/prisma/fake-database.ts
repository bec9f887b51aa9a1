import { PrismaClient } from "../../../apps/prisma/generated/client/client.js";

type Row = Readonly<Record<string, unknown>>;
type Tables = Readonly<Record<string, readonly Row[]>>;

/** Numbers of the driver adapters' column types. */
const TEXT = 7;
const DATE_TIME = 10;
const BOOLEAN = 5;

const typeOf = (column: string) =>
  column.endsWith("At") ? DATE_TIME : column === "published" ? BOOLEAN : TEXT;

/** The models' client on tables that answer every SELECT with all their rows, and note each statement. */
export function fakeDatabase(tables: Tables, fail?: (sql: string) => void) {
  const statements: string[] = [];

  async function queryRaw({ sql }: { sql: string }) {
    statements.push(sql);
    fail?.(sql);
    await Promise.resolve();
    const [, list = "", table = ""] = /^SELECT (.*?) FROM `\w+`\.`(\w+)`/.exec(sql) ?? [];
    const columns = [...list.matchAll(/`(\w+)`(?:,|$)/g)].map(([, column = ""]) => column);
    return {
      columnNames: columns,
      columnTypes: columns.map(typeOf),
      rows: (tables[table] ?? []).map((row) => columns.map((column) => row[column] ?? null)),
    };
  }

  const connection = {
    provider: "mysql",
    adapterName: "fake",
    queryRaw,
    executeRaw: async (query: { sql: string }) => (await queryRaw(query)).rows.length,
    executeScript: () => Promise.resolve(),
    startTransaction: () => Promise.reject(new Error("no transactions here")),
    getConnectionInfo: () => ({ schemaName: "prisma", supportsRelationJoins: false }),
    dispose: () => Promise.resolve(),
  };
  const adapter = { provider: "mysql", adapterName: "fake", connect: () => Promise.resolve(connection) };
  return { statements, client: new PrismaClient({ adapter: adapter as never }) };
}

const at = "2026-01-31T12:00:00.000+00:00";
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A blog of that many posts, each by somebody else and with two comments. */
export function blogOf(posts: number): Tables {
  return {
    User: numbers(posts).map((i) => ({
      id: `u${i}`,
      email: `u${i}@example.com`,
      name: `U${i}`,
      createdAt: at,
    })),
    Post: numbers(posts).map((i) => ({
      ...{ id: `p${i}`, title: `T${i}`, body: "b", published: 1, createdAt: at, updatedAt: at },
      authorId: `u${i}`,
    })),
    Comment: numbers(2 * posts).map((i) => ({
      ...{ id: `c${i}`, text: "t", createdAt: at },
      postId: `p${i >> 1}`,
      authorId: `u${i >> 1}`,
    })),
  };
}
