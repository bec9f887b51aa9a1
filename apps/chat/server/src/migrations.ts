import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Db, MongoServerError } from "mongodb";
import { MESSAGES } from "./mongo-message-store.js";

/** One step of the database's shape. A step that has been released never changes: another one follows it. */
export type Migration = (db: Db) => Promise<unknown>;

/** In order; how many of them are done is the database's version. */
export const migrations: readonly Migration[] = [
  // A message that is sent twice is stored once.
  (db) =>
    db.collection(MESSAGES).createIndex({ authorId: 1, key: 1 }, { unique: true, name: "author_key" }, {}),
];

interface SchemaDocument {
  _id: "version" | "lock";
  version?: number;
  owner?: string;
  until?: Date;
}

export interface MigrateOptions {
  /**
   * After how long the lock of a server that died is free again.
   *
   * @default 60000
   */
  readonly leaseMs?: number;

  /**
   * How often to look whether another server is done.
   *
   * @default 250
   */
  readonly pollMs?: number;

  /** @default the clock */
  readonly now?: () => number;
}

const DUPLICATE_KEY = 11_000;

/**
 * Brings the database to the version that this program needs; of several servers that start together, one does it and
 * the others wait. A database of a newer version is left as it is, so that a rollout can go back.
 */
export async function migrate(
  db: Db,
  steps: readonly Migration[] = migrations,
  { leaseMs = 60_000, pollMs = 250, now = Date.now }: MigrateOptions = {},
): Promise<void> {
  const schema = db.collection<SchemaDocument>("schema");
  const owner = randomUUID();
  while ((await version()) < steps.length) {
    if (!(await lock())) {
      await sleep(pollMs);
      continue;
    }
    try {
      for (let step = await version(); step < steps.length; step++) {
        await steps[step]?.(db);
        await schema.updateOne({ _id: "version" }, { $set: { version: step + 1 } }, { upsert: true });
      }
    } finally {
      await schema.deleteOne({ _id: "lock", owner });
    }
  }

  async function version(): Promise<number> {
    return (await schema.findOne({ _id: "version" }))?.version ?? 0;
  }

  /** Inserting is what only one of them can do; an outdated lock is removed by its owner's name, so only once. */
  async function lock(): Promise<boolean> {
    const held = await schema.findOne({ _id: "lock" });
    if (held && (held.until?.getTime() ?? 0) < now()) {
      await schema.deleteOne({ _id: "lock", owner: held.owner });
    }
    try {
      await schema.insertOne({ _id: "lock", owner, until: new Date(now() + leaseMs) });
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
      throw error;
    }
  }
}
