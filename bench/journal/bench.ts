import { execa } from "execa";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../../shell/paths.js";
import { freePort } from "../../shell/ports.js";
import { ApiResults, measureApi } from "../api.js";
import { alternate, judge } from "../figures.js";
import { installPeers } from "../install-peers.js";
import { sendLoad } from "../load.js";
import { Server, startRedis } from "../server.js";

const module = join(import.meta.dirname, "requests.mjs");
const rounds = 5;
const seeds = 100;
const warmUps = 4_000;
const requests = { list: 15_000, add: 15_000 };
type Operation = keyof typeof requests;

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

  const measured = new ApiResults(results);
  measured.print();
  const ratio = (operation: Operation, peer: string) =>
    measured.of("slipway", operation, "cpuUs") / measured.of(peer, operation, "cpuUs");
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
async function measure(program: string) {
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
    await sendLoad(module, { port, operation: "add", count: seeds, connections: 1 });
    return await measureApi(server, { module, port, warmUps, requests });
  } finally {
    await server.stop();
    await redis.stop();
  }
}
