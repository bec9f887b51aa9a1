import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../shell/ports.js";
import { launch } from "../start-program.js";
import { FakeMariaDb, type Reply } from "./fake-maria-db.js";
import { SECRET, VARIABLES } from "./service.js";

const BREAKS = 5;

function answer(sql: string): Reply {
  if (sql.includes("GET_LOCK")) return [{ got: "1" }];
  if (sql.startsWith("SHOW TABLES")) return [];
  return sql.startsWith("SELECT") ? [{ id: "1" }] : "ok";
}

/** The environment of a program that finds its database on that port. */
async function variables(port: number, ssl: boolean) {
  const database = {
    connector: "mysql",
    host: "127.0.0.1",
    port,
    user: "u",
    password: "p",
    ssl,
    migrations: true,
  };
  const document = {
    port: await freePort(),
    managementApiSecret: SECRET,
    databases: { default: database },
  };
  return { ...VARIABLES, PRISMA_CONFIG: JSON.stringify(document), DRAIN_DELAY_SEC: "0" };
}

describe("apps/prisma/driver, in the program at a failover", () => {
  let server: FakeMariaDb;
  beforeEach(async () => {
    server = await FakeMariaDb.start(answer);
  });
  afterEach(async () => {
    await server.stop();
  });

  for (const [what, ssl, begin] of [
    ["is cut while its session is set up", false, () => (server.beginning = "cut")],
    ["is told that it ends right behind an answer", false, () => (server.beginning = "shutdown")],
    // Encrypted it would be afterwards, which this database cannot be: only its tries are counted.
    ["is cut while its encryption begins", true, () => (server.away = "tls")],
  ] as const) {
    it(`goes on and tries again when a connection ${what}`, async () => {
      begin();
      const program = launch("apps/prisma/src/main.ts", await variables(server.database.port, ssl));
      const ended = program.then(({ exitCode, signal, stdout, stderr }) => {
        throw new Error(`it ended with ${exitCode ?? signal ?? "nothing"}: ${stdout}${stderr}`);
      });
      const until = async (condition: () => boolean) => {
        while (!condition()) await Promise.race([sleep(10), ended]);
      };
      try {
        await until(() => server.connections >= BREAKS);
        server.beginning = false;
        if (!ssl) await until(() => server.sqlOf(/^SELECT 1$/).length > 0);
      } finally {
        program.kill("SIGTERM");
        ended.catch(() => undefined);
      }
      const { exitCode, stderr } = await program;
      assert.deepEqual([exitCode, stderr], [0, ""]);
    });
  }
});
