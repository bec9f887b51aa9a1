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

/** Tries all cases at once, since they mostly wait. All go on to their end: after the test their databases are closed. */
export async function tryAll<Case>(
  cases: readonly Case[],
  tryCase: (one: Case) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(cases.map(tryCase));
  const failures = results.flatMap((result, index) => {
    if (result.status === "fulfilled") return [];
    const error = result.reason as Error;
    error.message = `${JSON.stringify(cases[index])}: ${error.message}`;
    return [error];
  });
  throwAny(failures);
}

/** Closes all of them, whatever becomes of the others. */
export async function closeAll(open: { close(): Promise<void> }[]): Promise<void> {
  const failures: Error[] = [];
  for (const one of open.splice(0))
    await one.close().catch((error: unknown) => failures.push(error as Error));
  throwAny(failures);
}

function throwAny(failures: Error[]): void {
  const [first] = failures;
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join("\n"));
  if (first !== undefined) throw first;
}
