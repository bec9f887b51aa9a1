import { execa } from "execa";
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../../../shell/paths.js";
import { FakeMariaDb, type Reply } from "./fake-maria-db.js";
import { VARIABLES } from "./service.js";

const cases: readonly [what: string, ssl: boolean, state: Pick<FakeMariaDb, "away" | "beginning">][] = [
  ["is cut while its session is set up", false, { away: false, beginning: "cut" }],
  ["is told that it ends right behind an answer", false, { away: false, beginning: "shutdown" }],
  ["is cut while its encryption begins", true, { away: "tls", beginning: false }],
];

function answer(sql: string): Reply {
  if (sql.includes("GET_LOCK")) return [{ got: "1" }];
  if (sql.startsWith("SHOW TABLES")) return [];
  return sql.startsWith("SELECT") ? [{ id: "1" }] : "ok";
}

/** The program on this database; what it has written when it has ended. */
function start(databasePort: number, port: number, ssl: boolean) {
  const PRISMA_CONFIG = VARIABLES.PRISMA_CONFIG.replace("port: 4466", `port: ${port}`).replace(
    "port: 1,",
    `port: ${databasePort}, ssl: ${ssl},`,
  );
  const env = { ...VARIABLES, PRISMA_CONFIG, DRAIN_DELAY_SEC: "0" };
  return execa(process.execPath, ["--import", "slipway/typescript", "apps/prisma/src/main.ts"], {
    ...{ cwd: repository, env: { PATH: process.env.PATH, ...env }, extendEnv: false },
    ...{ reject: false, timeout: 15_000 },
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe("apps/prisma, the program in a failover", () => {
  for (const [what, ssl, state] of cases) {
    it(`goes on and tries again when a connection ${what}`, async () => {
      const server = Object.assign(await FakeMariaDb.start(answer), state);
      const program = start(server.database.port, await freePort(), ssl);
      const until = async (condition: () => boolean) => {
        while (!condition() && program.exitCode === null) await sleep(10);
      };
      try {
        await until(() => server.connections >= 5);
        Object.assign(server, { away: false, beginning: false });
        // Encrypted it would be now, which this database is not.
        if (!ssl) await until(() => server.sqlOf(/^SELECT 1$/).length > 0);
        program.kill("SIGTERM");
        const { exitCode, stderr } = await program;
        assert.deepEqual([exitCode, stderr], [0, ""]);
      } finally {
        program.kill("SIGKILL");
        await server.stop();
      }
    });
  }
});
