import type { Redis } from "ioredis";
import { z } from "zod";
import { UserError } from "../shell/errors.js";
import type { Tell } from "../shell/progress.js";
import type { Counts } from "./manifest.js";
import { type Pod, type Tunnel, withTunnel } from "./pods.js";
import { inBatches, readRecords, writeRecords } from "./records.js";
import { acknowledged, caughtUp, connect, fieldOf, leading, whilePaused } from "./redis-servers.js";
import type { Dump, Store } from "./store.js";

const PORT = 6379;
const KEYS_AT_ONCE = 500;

const recordSchema = z.strictObject({
  db: z.int().nonnegative(),
  key: z.base64(),
  /** As DUMP gives it, in base64. */
  value: z.base64(),
  /** In milliseconds since 1970; left out when the key stays. */
  expiresAt: z.int().positive().optional(),
});
type Record = z.infer<typeof recordSchema>;

/** A Redis of one or more pods, one of which leads. */
export class RedisStore implements Store {
  readonly kind = "redis";
  readonly name: string;
  readonly namespace: string;
  readonly #pods: Pod[];
  readonly #password: () => Promise<string>;
  readonly #tunnel: Tunnel;

  constructor(name: string, pods: Pod[], password: () => Promise<string>, tunnel: Tunnel = withTunnel) {
    this.#tunnel = tunnel;
    this.name = name;
    this.namespace = pods[0]?.namespace ?? "";
    this.#pods = pods;
    this.#password = password;
  }

  version(): Promise<string> {
    return this.#connected(
      async ([redis]) => fieldOf(await (redis as Redis).info("server"), "redis_version"),
      this.#pods.slice(0, 1),
    );
  }

  /** Of a follower that stands still meanwhile, so that all is of one moment and nobody's write has to wait. */
  dump(file: string, tell: Tell): Promise<Dump> {
    return this.#connected(async (servers) => {
      const { primary, followers } = await leading(servers);
      const source = followers[0] ?? primary;
      await caughtUp(primary, source);
      const counts: Counts = {};
      const expiring: Counts = {};
      const version = fieldOf(await source.info("server"), "redis_version");
      tell("a follower stands still");
      await whilePaused(source, () => writeRecords(file, recordsOf(source, counts, expiring)));
      return { tool: `DUMP of Redis ${version}`, counts, expiring };
    });
  }

  restore(file: string, tell: Tell): Promise<void> {
    return this.#connected(async (servers) => {
      const { primary, followers } = await leading(servers);
      await primary.flushall();
      let restored = 0;
      for await (const batch of inBatches(sizedRecords(file), { count: KEYS_AT_ONCE })) {
        await restoreBatch(primary, batch);
        await acknowledged(primary, followers.length);
        tell(`${(restored += batch.length)} keys`);
      }
      await acknowledged(primary, followers.length);
    });
  }

  count(): Promise<Counts> {
    return this.#connected(async (servers) => {
      const { primary } = await leading(servers);
      return sizesOf(primary);
    });
  }

  async #connected<T>(use: (servers: Redis[]) => Promise<T>, to = this.#pods): Promise<T> {
    const password = await this.#password();
    const open = async (pods: Pod[], servers: Redis[]): Promise<T> => {
      const [pod, ...others] = pods;
      if (pod === undefined) return use(servers);
      return this.#tunnel(pod, PORT, async (path) => {
        const redis = await connect(path, password);
        try {
          return await open(others, [...servers, redis]);
        } finally {
          redis.disconnect();
        }
      });
    };
    try {
      return await open(to, []);
    } catch (error) {
      if (error instanceof UserError || !(error instanceof Error)) throw error;
      // Only the message: the client hangs the command's arguments on its errors, the password among them.
      throw new UserError(`${this.name}: ${error.message}`);
    }
  }
}

const keyspace = /^db(\d+):keys=(\d+)/gm;

async function sizesOf(redis: Redis): Promise<Counts> {
  const account = await redis.info("keyspace");
  return Object.fromEntries(
    [...account.matchAll(keyspace)].map(([, db = "", keys]) => [`db${db}`, Number(keys)]),
  );
}

async function* recordsOf(redis: Redis, counts: Counts, expiring: Counts): AsyncGenerator<Record> {
  for (const name of Object.keys(await sizesOf(redis))) {
    const db = Number(name.slice(2));
    await redis.select(db);
    // SCAN may give a key twice.
    const seen = new Set<string>();
    for await (const page of redis.scanBufferStream({ count: KEYS_AT_ONCE })) {
      const keys = (page as Buffer[]).filter((key) => !seen.has(key.toString("latin1")));
      for (const key of keys) seen.add(key.toString("latin1"));
      for (const record of await dumpOf(redis, db, keys)) {
        counts[name] = (counts[name] ?? 0) + 1;
        if (record.expiresAt !== undefined) expiring[name] = (expiring[name] ?? 0) + 1;
        yield record;
      }
    }
  }
  await redis.select(0);
}

/** What of these keys is there still; one that expires does so also while nothing else changes. */
async function dumpOf(redis: Redis, db: number, keys: Buffer[]): Promise<Record[]> {
  const records = await Promise.all(
    keys.map(async (key): Promise<Record[]> => {
      const [value, expiry] = await Promise.all([
        redis.dumpBuffer(key) as Promise<Buffer | null>,
        redis.pexpiretime(key),
      ]);
      if (value === null || expiry === -2) return [];
      const record = { db, key: key.toString("base64"), value: value.toString("base64") };
      return [expiry === -1 ? record : { ...record, expiresAt: expiry }];
    }),
  );
  return records.flat();
}

async function* sizedRecords(file: string): AsyncGenerator<Record & { bytes: number }> {
  for await (const line of readRecords(file)) {
    const record = recordSchema.parse(line);
    yield { ...record, bytes: record.value.length };
  }
}

/** A key whose time has passed meanwhile stays away: so Redis itself reads its own file. */
async function restoreBatch(primary: Redis, batch: Record[]): Promise<void> {
  const pipeline = primary.pipeline();
  let selected: number | undefined;
  for (const { db, key, value, expiresAt = 0 } of batch) {
    if (db !== selected) pipeline.select(db);
    selected = db;
    pipeline.restore(
      Buffer.from(key, "base64"),
      expiresAt,
      Buffer.from(value, "base64"),
      "REPLACE",
      "ABSTTL",
    );
  }
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
}
