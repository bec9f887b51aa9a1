import type { Redis } from "ioredis";
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

// Each operation is one script: all of its commands or none, and one round trip, which is most of what a request
// costs this process. KEYS are the timeline and the entry, ARGV the rest.

/** SORT with "nosort" keeps the set's own order and reads only the page, whatever the length of the journal. */
const LIST = `return {
  redis.call("ZCARD", KEYS[1]),
  redis.call("SORT_RO", KEYS[1], "BY", "nosort", "LIMIT", ARGV[1], ARGV[2], "GET", ARGV[3], "DESC")
}`;
const ADD = `
  redis.call("SET", KEYS[2], ARGV[3])
  return redis.call("ZADD", KEYS[1], ARGV[2], ARGV[1])`;
const REMOVE = `
  redis.call("ZREM", KEYS[1], ARGV[1])
  return redis.call("DEL", KEYS[2])`;

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
    const start = (page - 1) * pageSize;
    return this.#read(async (redis) => {
      const reply = await redis.eval_ro(LIST, 1, TIMELINE, start, pageSize, `${ENTRY}*`);
      const [total, documents] = reply as [number, (string | null)[]];
      return { entries: documents.filter((document) => document !== null).map(parseEntry), total };
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
    await this.#write(ADD, entry.id, this.#nextScore(), JSON.stringify(entry));
    return entry;
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#write(REMOVE, id)) === 1;
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

  async #write(script: string, id: string, ...values: (string | number)[]): Promise<unknown> {
    try {
      return await this.#primary.eval(script, 2, TIMELINE, ENTRY + id, id, ...values);
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
