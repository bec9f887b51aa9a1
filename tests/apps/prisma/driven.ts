import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectOptions, connectDatabase } from "../../../apps/prisma/src/database.js";
import { FakeMariaDb, type Reply } from "./fake-maria-db.js";
import { type ServiceOptions, service } from "./service.js";

/** The service on a pool of the real driver, to a server that answers as a test says, or else as a database would. */
export async function driven(
  answer: (sql: string, connection: number) => Reply | undefined,
  options: ConnectOptions & Pick<ServiceOptions, "timeoutMs"> = {},
) {
  const server = await FakeMariaDb.start(
    (sql, connection) => answer(sql, connection) ?? (sql.startsWith("SELECT") ? [{ id: "u1" }] : "ok"),
  );
  const database = connectDatabase(server.database, options);
  const { ask } = service({ ...options, client: database.client });
  return {
    server,
    database,
    ask,
    inserts: () => server.statements.filter(({ sql }) => sql.startsWith("INSERT")),
    /** When the pool has made the connections that it wants, and all of them are free. */
    quiet: async () => {
      const deadline = Date.now() + 10_000;
      while (database.pool.idleConnections() !== server.open) {
        if (Date.now() > deadline) throw new Error("the pool's connections do not become free");
        await sleep(5);
      }
    },
    close: async () => {
      await database.close();
      await server.stop();
    },
  };
}

/** Tries all cases at once, since they mostly wait; each to its end, since after the test it would find its database closed. */
export async function tryAll<Case>(
  cases: readonly Case[],
  tryCase: (one: Case) => Promise<void>,
): Promise<void> {
  for (const result of await Promise.allSettled(cases.map(tryCase)))
    if (result.status === "rejected") throw result.reason;
}
