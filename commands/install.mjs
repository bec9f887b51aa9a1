// Installs the locked npm packages when they are missing or out of date, and keeps what is kept with them small. Plain
// JavaScript without imports of others: it is what runs before any package is there.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node.js 20.19 or newer is needed, this is ${process.versions.node}; install a newer one and run the command again`,
  );
  process.exit(1);
}

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(repository, "node_modules", ".slipway-lock");
const locked = createHash("sha256")
  .update(readFileSync(join(repository, "package-lock.json")))
  .digest("hex");
const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";

if (installed !== locked) {
  console.error("installing the locked npm packages (about a minute) …");
  // Install scripts are not needed by any of the packages, so none gets to run.
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: repository,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (npm.status !== 0) {
    console.error('npm could not install the packages; run "npm ci --ignore-scripts" to see why');
    process.exit(npm.status ?? 1);
  }
  writeFileSync(stamp, locked);
}

// The models' client is made of the models, and never committed.
const schema = join(repository, "apps/prisma/prisma/schema.prisma");
const client = join(repository, "apps/prisma/generated/.made-of");
if (existsSync(schema)) {
  const madeOf = createHash("sha256").update(locked).update(readFileSync(schema)).digest("hex");
  if (!existsSync(client) || readFileSync(client, "utf8") !== madeOf) {
    const npm = spawnSync("npm", ["run", "--silent", "generate", "-w", "apps/prisma"], {
      cwd: repository,
      encoding: "utf8",
    });
    if (npm.status !== 0) {
      console.error(`the client of apps/prisma cannot be generated:\n${npm.stdout}${npm.stderr}`);
      process.exit(npm.status ?? 1);
    }
    writeFileSync(client, madeOf);
  }
}

// Node.js keeps what it compiled for every path that a module ever had, for ever. Tests load copies in folders that are gone
// afterwards, hundreds of modules a run; the program and the tests themselves have a few thousand.
const compiled = join(repository, "node_modules/.cache/node");
const MOST_COMPILED = 10_000;
if (existsSync(compiled)) {
  // One folder for each version of Node.js; to look for more below takes ten times as long, at each command's start.
  const files = readdirSync(compiled).flatMap((version) => readdirSync(join(compiled, version)));
  if (files.length > MOST_COMPILED) rmSync(compiled, { recursive: true, force: true, maxRetries: 3 });
}
