// Runs in a pod: writers that each set the bits of a key, one after the other, and repeat a write until it is answered
// for. A bit takes next to no memory, so that a million writes change nothing else. Tells of itself in lines of JSON,
// writes until standard input ends, and then counts what is there.
import { setTimeout as sleep } from "node:timers/promises";
import { AcknowledgedWrites } from "../../apps/journal/frontend/src/acknowledged-writes.js";
import { readEnv, readPassword } from "../../apps/journal/frontend/src/env.js";
import { connectPrimary } from "../../apps/journal/frontend/src/redis-connection.js";
import type { Heard } from "./heard.js";

const WRITERS = 8;
/** Shorter pauses are no outage. */
const SHORTEST_GAP_MS = 500;
const RETRY_DELAY_MS = 50;
const PATIENCE_MS = 120_000;
const SET = `return redis.call("SETBIT", KEYS[1], ARGV[1], 1)`;

const env = readEnv();
const redis = connectPrimary({
  name: "bench",
  sentinels: env.REDIS_SENTINELS ?? [],
  primaryName: env.REDIS_PRIMARY_NAME,
  username: env.REDIS_USERNAME,
  password: readPassword(env.REDIS_PASSWORD_FILE),
});
// It comes back by itself, and what failed is written again.
redis.on("error", () => undefined);
const writes = new AcknowledgedWrites(redis, env.REDIS_ACKNOWLEDGING_REPLICAS);
const acknowledged = Array.from({ length: WRITERS }, () => 0);
let stopped = false;
let last = Date.now();

const say = (heard: Heard) => process.stdout.write(`${JSON.stringify(heard)}\n`);
const total = () => acknowledged.reduce((sum, count) => sum + count, 0);
const keyOf = (writer: number) => `bench:redis:${writer}`;

async function write(writer: number): Promise<void> {
  for (let bit = 0; !stopped; bit++) {
    while (!(await isAcknowledged(writer, bit))) await sleep(RETRY_DELAY_MS);
    acknowledged[writer] = bit + 1;
    const now = Date.now();
    if (now - last > SHORTEST_GAP_MS) say({ gapMs: now - last, since: last });
    last = now;
  }
}

const isAcknowledged = (writer: number, bit: number) =>
  writes.run({ script: SET, keys: [keyOf(writer)], values: [bit] }).then(
    () => true,
    () => false,
  );

/** Repeated until there is an answer: by now nothing is broken on purpose, and what never comes back is to be told. */
async function insist<T>(command: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ;) {
    try {
      return await command();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(RETRY_DELAY_MS);
    }
  }
}

async function main(): Promise<void> {
  process.stdin.resume().on("end", () => (stopped = true));
  const writers = acknowledged.map((_, writer) => writer);
  const forget = () => redis.del(...writers.map(keyOf));
  await insist(forget);
  const telling = setInterval(() => {
    say({ acknowledged: total() });
  }, 1000);
  await Promise.all(writers.map(write));
  clearInterval(telling);

  const kept = await Promise.all(writers.map((writer) => insist(() => redis.bitcount(keyOf(writer)))));
  say({ acknowledged: total(), lost: total() - kept.reduce((sum, count) => sum + count, 0) });
  await insist(forget);
  redis.disconnect();
}

void main();
