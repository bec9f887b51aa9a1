import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { UserError } from "../shell/errors.js";
import { stopIfInterrupted } from "../shell/programs.js";

/** Allowed what a backup needs, and nothing else. */
const USER = "backup";
const PATIENCE_MS = 30_000;
/** It ends by itself when this process does. */
const PAUSE_MS = 10_000;

/** A connection that fails at once when the server goes: what is under way must not be done twice. */
export async function connect(path: string, password: string): Promise<Redis> {
  const redis = new Redis({
    ...{ path, username: USER, password, connectionName: "slipway-backup" },
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  });
  let reason: unknown;
  redis.on("error", (error) => (reason = error));
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw reason ?? error;
  }
}

export interface Roles {
  primary: Redis;
  followers: Redis[];
}

/** Waits until one server leads and all others follow it. */
export async function leading(servers: Redis[]): Promise<Roles> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    stopIfInterrupted();
    const accounts = await Promise.all(servers.map((redis) => redis.info("replication")));
    const led = servers.filter((_, index) => fieldOf(accounts[index] ?? "", "role") === "master");
    const followers = servers.filter(
      (_, index) => fieldOf(accounts[index] ?? "", "master_link_status") === "up",
    );
    const [primary] = led;
    if (primary !== undefined && led.length === 1 && followers.length === servers.length - 1)
      return { primary, followers };
    if (Date.now() > deadline)
      throw new UserError(
        `expected one primary with ${servers.length - 1} followers, got ${led.length} with ${followers.length}; see "npm run status"`,
      );
    await sleep(250);
  }
}

/** Waits until a follower has what was written before now. */
export async function caughtUp(primary: Redis, follower: Redis): Promise<void> {
  const offset = async (redis: Redis) =>
    Number(fieldOf(await redis.info("replication"), "master_repl_offset"));
  const wanted = await offset(primary);
  const deadline = Date.now() + PATIENCE_MS;
  while ((await offset(follower)) < wanted) {
    stopIfInterrupted();
    if (Date.now() > deadline)
      throw new UserError("expected a follower that has caught up, got one that does not");
    await sleep(50);
  }
}

/** Lets nothing change in a server for as long as `work` takes; what its primary sends waits. */
export async function whilePaused<T>(redis: Redis, work: () => Promise<T>): Promise<T> {
  const pause = () => redis.call("CLIENT", "PAUSE", PAUSE_MS, "WRITE");
  await pause();
  let failed: unknown;
  const again = setInterval(() => {
    pause().catch((error: unknown) => (failed = error));
  }, PAUSE_MS / 4);
  try {
    const result = await work();
    if (failed !== undefined) throw failed as Error;
    return result;
  } finally {
    clearInterval(again);
    await redis.call("CLIENT", "UNPAUSE");
  }
}

/** Waits until every follower has it, which also keeps the primary from sending more than they take. */
export async function acknowledged(primary: Redis, followers: number): Promise<void> {
  if (followers === 0) return;
  const reached = await primary.wait(followers, PATIENCE_MS);
  if (reached < followers)
    throw new UserError(
      `expected ${followers} followers to have it within ${PATIENCE_MS / 1000} s, got ${reached}`,
    );
}

/** A field of what INFO answers. */
export const fieldOf = (account: string, name: string) =>
  new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(account)?.[1] ?? "";
