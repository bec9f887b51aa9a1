// Reads one key again and again, so many at once. Called as: reader.ts ours|plain|pipelining PORT; prints for each number
// at once {"atOnce", "perSec", "cpuUs"}: reads a second, and this process's CPU for each.
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { Redis } from "ioredis";
import { connectRedis } from "../../apps/journal/frontend/src/redis-connection.js";

const READS = { 64: 200_000, 1: 20_000 };
const KEY = "entry";
const VALUE = "A day like any other. ".repeat(10);

const [kind, port = ""] = process.argv.slice(2);
const server = { host: "127.0.0.1", port: Number(port) };
const redis =
  kind === "ours"
    ? connectRedis({ ...server, name: "bench" })
    : new Redis({ ...server, enableAutoPipelining: kind === "pipelining" });

async function read(atOnce: number, count: number) {
  let left = count;
  const readOn = async () => {
    while (left-- > 0) {
      if ((await redis.get(KEY)) !== VALUE) throw new Error("expected the value that was set, got another");
    }
  };
  const [since, cpu] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: atOnce }, readOn));
  const { user, system } = process.cpuUsage(cpu);
  return { atOnce, perSec: count / ((performance.now() - since) / 1000), cpuUs: (user + system) / count };
}

await once(redis, "ready");
await redis.set(KEY, VALUE);
const figures = [];
for (const [atOnce, count] of Object.entries(READS)) {
  await read(Number(atOnce), count / 4);
  figures.push(await read(Number(atOnce), count));
}
process.stdout.write(JSON.stringify(figures));
redis.disconnect();
