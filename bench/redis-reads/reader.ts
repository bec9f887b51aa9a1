// Reads a thousand entries of the journal in turn, so many at once. Called as: reader.ts ours|plain|pipelining PORT; prints
// for each number at once {"atOnce", "perSec", "cpuUs"}: reads a second, and this process's CPU for each.
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { Redis } from "ioredis";
import { createEntry, type Entry } from "../../apps/journal/frontend/src/entry-store.js";
import { connectRedis } from "../../apps/journal/frontend/src/redis-connection.js";
import { RedisEntryStore } from "../../apps/journal/frontend/src/redis-entry-store.js";

const READS = { 64: 200_000, 1: 20_000 };
const KEY = "journal:entry:";
const DRAFT = { author: "a writer", text: "A day like any other. ".repeat(10) };

const [kind, port = ""] = process.argv.slice(2);
const server = { host: "127.0.0.1", port: Number(port) };
const redis = new Redis({ ...server, enableAutoPipelining: kind === "pipelining" });
const ids = Array.from({ length: 1000 }, () => createEntry(DRAFT)).map((entry) => entry.id);
await redis.mset(ids.flatMap((id) => [KEY + id, JSON.stringify(createEntry(DRAFT, id))]));

const get = kind === "ours" ? await ours() : plain;

async function ours(): Promise<(id: string) => Promise<Entry | undefined>> {
  const [writer, reader, replica] = ["writer", "reader", "replica"].map((name) =>
    connectRedis({ ...server, name }),
  ) as [Redis, Redis, Redis];
  await Promise.all([writer, reader, replica].map((connection) => once(connection, "ready")));
  const store = new RedisEntryStore({ writer, reader, replica, acknowledgingReplicas: 0 });
  return (id) => store.get(id);
}

async function plain(id: string): Promise<Entry | undefined> {
  const document = await redis.get(KEY + id);
  return document === null ? undefined : (JSON.parse(document) as Entry);
}

async function read(atOnce: number, count: number) {
  let left = count;
  const readOn = async () => {
    while (left-- > 0) {
      const id = ids[left % ids.length] ?? "";
      const entry = await get(id);
      if (entry?.id !== id) throw new Error(`expected entry "${id}", got "${entry?.id}"`);
    }
  };
  const [since, cpu] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: atOnce }, readOn));
  const { user, system } = process.cpuUsage(cpu);
  return { atOnce, perSec: count / ((performance.now() - since) / 1000), cpuUs: (user + system) / count };
}

const figures = [];
for (const [atOnce, count] of Object.entries(READS)) {
  await read(Number(atOnce), count / 4);
  figures.push(await read(Number(atOnce), count));
}
process.stdout.write(JSON.stringify(figures));
process.exit();
