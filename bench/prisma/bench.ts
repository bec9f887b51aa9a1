import { execa } from "execa";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { local, repository } from "../../shell/paths.js";
import { freePort } from "../../shell/ports.js";
import { ApiResults, measureApi } from "../api.js";
import { bundle } from "../bundle.js";
import { alternate, judge, round } from "../figures.js";
import { Server } from "../server.js";
import { type MariaDb, startMariaDb, unpackMariaDb } from "./maria-db.js";

const module = join(import.meta.dirname, "requests.mjs");
const rounds = 3;
const pooled = 10;
const authors = 20;
const posts = 200;
const warmUps = 500;
const requests = { list: 2_000, create: 2_000 };
type Operation = keyof typeof requests;

const migrations = join(repository, "apps/prisma/prisma/migrations");
const bare = join(local, "bench/prisma/bare.cjs");

/** Requests a second of the GraphQL service, beside the same SQL through the bare driver behind node:http. */
export async function run(): Promise<boolean> {
  await unpackMariaDb();
  await execa("npm", ["run", "build", "-w", "apps/prisma"], { cwd: repository });
  const entryPoints = [join(import.meta.dirname, "bare.mjs")];
  const nodePaths = [join(repository, "apps/prisma/node_modules")];
  await bundle({ entryPoints, outfile: bare, nodePaths });
  const service = join(repository, "apps/prisma/dist/main.cjs");
  const results = await alternate(rounds, {
    slipway: () => measure(service),
    "node:http, mariadb": () => measure(bare),
  });

  const measured = new ApiResults(results);
  measured.print(`, ${pooled} to MariaDB`);
  const ratio = (operation: Operation) =>
    measured.perSec("slipway", operation) / measured.perSec("node:http, mariadb", operation);
  process.stdout.write(`create, requests/s beside the bare driver: ${round(ratio("create"))}\n`);
  return judge([{ what: "list, requests/s beside the bare driver", got: ratio("list"), atLeast: 0.35 }]);
}

/** Loads a fresh server with a fresh MariaDB. */
async function measure(program: string) {
  const mariaDb = await startMariaDb();
  try {
    const port = await freePort();
    await seed(mariaDb);
    const server = await Server.start(port, process.execPath, [program], environment(mariaDb, port));
    try {
      await sleep(1000); // Until it has its connections to MariaDB.
      return await measureApi(server, { module, port, warmUps, requests });
    } finally {
      await server.stop();
    }
  } finally {
    await mariaDb.pool.end();
    await mariaDb.server.stop();
  }
}

/** The service reads its document, the peer what the driver wants to know. */
function environment({ sign }: MariaDb, port: number): Record<string, string> {
  const database = { ...sign, connector: "mysql", connectionLimit: pooled, ssl: true, migrations: true };
  return {
    NODE_ENV: "production",
    LOG_LEVEL: "warn",
    PORT: String(port),
    PRISMA_CONFIG: stringify({ port, databases: { default: database } }),
    PRISMA_MIGRATIONS: migrations,
    DATABASE: JSON.stringify({ ...sign, connectionLimit: pooled }),
  };
}

/** Tables and rows, the same for both. */
async function seed({ sign, pool }: MariaDb): Promise<void> {
  const document = { databases: { default: { ...sign, connector: "mysql", ssl: true } } };
  const service = join(repository, "apps/prisma/dist/main.cjs");
  await execa(process.execPath, [service, "migrate"], {
    env: { PRISMA_CONFIG: stringify(document), PRISMA_MIGRATIONS: migrations },
  });
  const at = new Date();
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  await pool.batch(
    "INSERT INTO `User` (`id`, `email`, `name`, `createdAt`) VALUES (?, ?, ?, ?)",
    numbers(authors).map((n) => [`u${n}`, `u${n}@example.com`, `Author ${n}`, at]),
  );
  await pool.batch(
    "INSERT INTO `Post` (`id`, `title`, `body`, `published`, `createdAt`, `updatedAt`, `authorId`) VALUES (?, ?, ?, ?, ?, ?, ?)",
    numbers(posts).map((n) => [
      `p${n}`,
      `Post ${n}`,
      "Some words. ".repeat(20),
      1,
      at,
      at,
      `u${n % authors}`,
    ]),
  );
}
