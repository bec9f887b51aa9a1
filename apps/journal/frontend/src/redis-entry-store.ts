import type { ChainableCommander, Redis } from "ioredis";
import {
  createEntry,
  type Entry,
  type EntryDraft,
  type EntryPage,
  type EntryStore,
  StoreUnavailableError,
} from "./entry-store.js";

/** Ids of all entries in a sorted set, scored by the time of writing. */
const TIMELINE = "journal:timeline";
/** Each entry is one JSON document under its own key. */
const ENTRY = "journal:entry:";

export interface RedisConnections {
  readonly primary: Redis;
  /** Any Redis of the set. */
  readonly replica: Redis;
}

/**
 * Entries in Redis 7 or later.
 *
 * Reads go to the primary, so that a page shows the entry that was written just before, by whichever pod; the
 * replicas lag. They answer only while the primary does not: then an old page is better than none.
 */
export class RedisEntryStore implements EntryStore {
  readonly #primary: Redis;
  readonly #replica: Redis;
  #ready = false;
  #lastScore = 0;

  constructor({ primary, replica }: RedisConnections) {
    this.#primary = primary;
    this.#replica = replica;
    primary.once("ready", () => (this.#ready = true));
  }

  get ready(): boolean {
    return this.#ready;
  }

  list(page: number, pageSize: number): Promise<EntryPage> {
    return this.#read(async (redis) => {
      // SORT with "nosort" keeps the set's own order and reads only the page: one round trip, whatever the length.
      const [documents, total] = await Promise.all([
        redis.sort_ro(
          TIMELINE,
          "BY",
          "nosort",
          "LIMIT",
          (page - 1) * pageSize,
          pageSize,
          "GET",
          `${ENTRY}*`,
          "DESC",
        ),
        redis.zcard(TIMELINE),
      ]);
      return {
        entries: (documents as (string | null)[]).filter((document) => document !== null).map(parseEntry),
        total,
      };
    });
  }

  get(id: string): Promise<Entry | undefined> {
    return this.#read(async (redis) => {
      const document = await redis.get(ENTRY + id);
      return document === null ? undefined : parseEntry(document);
    });
  }

  async add(draft: EntryDraft): Promise<Entry> {
    const entry = createEntry(draft);
    const score = this.#nextScore();
    await this.#write((multi) =>
      multi.set(ENTRY + entry.id, JSON.stringify(entry)).zadd(TIMELINE, score, entry.id),
    );
    return entry;
  }

  async remove(id: string): Promise<boolean> {
    const [deleted] = await this.#write((multi) => multi.del(ENTRY + id).zrem(TIMELINE, id));
    return deleted === 1;
  }

  close(): Promise<void> {
    this.#primary.disconnect();
    this.#replica.disconnect();
    return Promise.resolve();
  }

  async #read<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#primary.status === "ready") {
      try {
        return await command(this.#primary);
      } catch (error) {
        if (this.#replica.status !== "ready") {
          throw unavailable(error);
        }
      }
    }
    try {
      return await command(this.#replica);
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** All of the commands or none. */
  async #write(commands: (multi: ChainableCommander) => ChainableCommander): Promise<unknown[]> {
    try {
      const replies = (await commands(this.#primary.multi()).exec()) ?? [];
      return replies.map(([error, reply]) => {
        if (error) {
          throw error;
        }
        return reply;
      });
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Microseconds that only grow, so that entries of the same moment keep the order in which they were written. */
  #nextScore(): number {
    this.#lastScore = Math.max(this.#lastScore + 1, Date.now() * 1000);
    return this.#lastScore;
  }
}

function parseEntry(document: string): Entry {
  return JSON.parse(document) as Entry;
}

/** Only the message is kept: the errors of ioredis carry the command's arguments, which are the writer's words. */
function unavailable(error: unknown): StoreUnavailableError {
  return new StoreUnavailableError(error instanceof Error ? error.message : String(error));
}
