import { execa } from "execa";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../../machine/layout.js";
import { alternate, judge, median, round, table } from "../figures.js";
import { installPeers } from "../install-peers.js";
import { type Load, sendLoad } from "../load.js";
import { Server, freePort, startRedis } from "../server.js";

const rounds = 5;
const connections = 32;
const seeds = 100;
const warmUps = 4_000;
const requests = { list: 15_000, add: 15_000 };
type Operation = keyof typeof requests;

interface Figures extends Load {
  /** Of the server, microseconds a request. */
  cpuUs: number;
}

/** Server CPU of a request to the journal's API, beside the same on bare node:http and on Express with node-redis. */
export async function run(): Promise<boolean> {
  const peers = await installPeers("bare", "express");
  await execa("npm", ["run", "build", "-w", "apps/journal/frontend"], { cwd: repository });
  const frontend = join(repository, "apps/journal/frontend/dist/main.cjs");
  const results = await alternate(rounds, {
    slipway: () => measure(frontend),
    "node:http, ioredis": () => measure(peers.bare),
    "Express, node-redis": () => measure(peers.express),
  });

  const of = (name: string, operation: Operation, figure: keyof Figures) =>
    median((results[name] ?? []).map((result) => result[operation][figure]));
  for (const operation of ["list", "add"] as const) {
    table(
      [operation, "requests", "CPU, us", "requests/s", "p50, ms", "p99, ms"],
      Object.keys(results).map((name) => [
        name,
        (results[name] ?? []).reduce((total, result) => total + result[operation].answered, 0),
        round(of(name, operation, "cpuUs")),
        Math.round(of(name, operation, "answered") / of(name, operation, "wallSec")),
        round(of(name, operation, "p50Ms")),
        round(of(name, operation, "p99Ms")),
      ]),
    );
  }
  process.stdout.write(
    `medians of ${rounds} rounds, ${connections} connections; Node.js ${process.version}\n`,
  );
  const ratio = (operation: Operation, peer: string) =>
    of("slipway", operation, "cpuUs") / of(peer, operation, "cpuUs");
  return judge(
    (["list", "add"] as const).flatMap((operation) => [
      {
        what: `${operation}, CPU beside node:http`,
        got: ratio(operation, "node:http, ioredis"),
        atMost: 1.25,
      },
      { what: `${operation}, CPU beside Express`, got: ratio(operation, "Express, node-redis"), atMost: 0.6 },
    ]),
  );
}

/** Loads a fresh server with a fresh Redis. */
async function measure(program: string): Promise<Record<Operation, Figures>> {
  const { redis, port: redisPort } = await startRedis();
  const port = await freePort();
  const server = await Server.start(port, process.execPath, [program], {
    NODE_ENV: "production",
    PORT: String(port),
    REDIS_HOST: "127.0.0.1",
    REDIS_PORT: String(redisPort),
  });
  try {
    await sleep(500); // Until it has its connections to Redis.
    await load(port, "add", seeds);
    for (const operation of ["list", "add"] as const) await load(port, operation, warmUps);
    const figures = async (operation: Operation) => {
      const before = server.cpuSec();
      const result = await load(port, operation, requests[operation]);
      return { ...result, cpuUs: ((server.cpuSec() - before) * 1e6) / result.answered };
    };
    return { list: await figures("list"), add: await figures("add") };
  } finally {
    await server.stop();
    await redis.stop();
  }
}

const load = (port: number, operation: Operation, count: number) =>
  sendLoad(join(import.meta.dirname, "requests.mjs"), { port, operation, count, connections });
