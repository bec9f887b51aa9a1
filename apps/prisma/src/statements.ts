import type { Connection, Pool, QueryOptions } from "mariadb";

type Statement = (sql: string | QueryOptions, values?: unknown) => Promise<unknown>;

/** How Prisma's adapter wants the rows of each statement, for all statements of a connection. */
export const ROW_OPTIONS = {
  rowsAsArray: true,
  dateStrings: true,
  autoJsonMap: false,
  // The driver's types leave these two out.
  jsonStrings: true,
  bitOneIsBoolean: false,
};

/**
 * The same pool, for Prisma's adapter alone: what the adapter asks for with each statement stays away, since its connections
 * have {@link ROW_OPTIONS}. For options of a statement the driver copies all of its connection's, and for the adapter's
 * `typeCast` it makes a dozen functions for each value. That one is for geometries, which Prisma reads no field of.
 */
export function withoutStatementOptions(pool: Pool): Pool {
  const getConnection = pool.getConnection.bind(pool);
  return Object.assign(pool, statementsOf(pool), {
    getConnection: async () => {
      const connection = await withoutStack(getConnection);
      return Object.assign(connection, statementsOf(connection));
    },
  });
}

function statementsOf(target: Pool | Connection): { query: Statement; execute: Statement } {
  const query = target.query.bind(target);
  const execute = target.execute.bind(target);
  return {
    query: (statement, values) => withoutStack(() => query(sqlOf(statement), values)),
    execute: (statement, values) => withoutStack(() => execute(sqlOf(statement), values)),
  };
}

const sqlOf = (statement: string | QueryOptions) =>
  typeof statement === "string" ? statement : statement.sql;

/** The driver makes an error for each statement that has to wait for a connection, and throws it away. */
function withoutStack<T>(action: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return action();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
