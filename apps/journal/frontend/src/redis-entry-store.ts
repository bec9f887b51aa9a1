import DataLoader from "dataloader";
import type { Redis } from "ioredis";
import { setTimeout as sleep } from "node:timers/promises";
import { AcknowledgedWrites } from "./acknowledged-writes.js";
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
/** An entry that is there already stays as it is: the same one may be added again after a failure. */
const ADD = `
  local there = redis.call("GET", KEYS[2])
  if there then return there end
  redis.call("SET", KEYS[2], ARGV[3])
  redis.call("ZADD", KEYS[1], ARGV[2], ARGV[1])
  return ARGV[3]`;
const REMOVE = `
  redis.call("ZREM", KEYS[1], ARGV[1])
  return redis.call("DEL", KEYS[2])`;

/** Entries that one command reads; Redis does nothing else until it has answered. */
const MOST_AT_ONCE = 100;

/** A new primary leads, and has a replica, three seconds after the old one died. */
const WRITE_PATIENCE_MS = 5000;
const RETRY_DELAY_MS = 100;

/** Refusals that end by themselves when another server leads; Redis means all others. */
const PASSING = /^(READONLY|NOREPLICAS|MASTERDOWN|UNBLOCKED|LOADING|BUSY)\b/;

export interface RedisConnections {
  /** To the primary, for writes and what they wait for. */
  readonly writer: Redis;
  /** To the primary, for reads, which must not wait behind those. */
  readonly reader: Redis;
  /** To any Redis of the set. */
  readonly replica: Redis;
  /** How many replicas must have a write before it is answered for. */
  readonly acknowledgingReplicas: number;
}

/**
 * Entries in Redis 7 or later.
 *
 * Reads go to the primary, so that a page shows the entry that was written just before, by whichever pod; the
 * replicas lag. They answer only while the primary does not: then an old page is better than none.
 *
 * A write counts when enough replicas have it, one of which leads if the primary dies. Until then it is tried again:
 * each can be repeated without doing more than once what it does.
 */
export class RedisEntryStore implements EntryStore {
  readonly #connections: RedisConnections;
  readonly #writes: AcknowledgedWrites;
  readonly #documents: DataLoader<string, string | null>;
  /** Entries that are asked for and not yet answered. */
  #reading = 0;
  #ready = false;
  #closed = false;
  #lastScore = 0;

  constructor(connections: RedisConnections) {
    this.#connections = connections;
    this.#writes = new AcknowledgedWrites(connections.writer, connections.acknowledgingReplicas);
    this.#documents = new DataLoader((ids) => this.#getAll(ids), {
      cache: false,
      maxBatchSize: MOST_AT_ONCE,
      // Requests of other connections, which come one by one in the same turn of the event loop, are in it too.
      batchScheduleFn: setImmediate,
    });
    connections.writer.once("ready", () => (this.#ready = true));
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

  async get(id: string): Promise<Entry | undefined> {
    // One alone is sent at once: gathering would cost it more time than it saves.
    const alone = this.#reading++ === 0;
    try {
      const document = await (alone ? this.#getOne(id) : this.#documents.load(id));
      return document === null ? undefined : parseEntry(document);
    } finally {
      this.#reading--;
    }
  }

  async add(draft: EntryDraft, id?: string): Promise<Entry> {
    const entry = createEntry(draft, id);
    const { reply } = await this.#write(ADD, entry.id, this.#nextScore(), JSON.stringify(entry));
    return parseEntry(String(reply));
  }

  async remove(id: string): Promise<boolean> {
    const { reply, repeated } = await this.#write(REMOVE, id);
    // An earlier try may have removed it before its answer was lost; it is gone in any case.
    return reply === 1 || repeated;
  }

  close(): Promise<void> {
    this.#closed = true;
    const { writer, reader, replica } = this.#connections;
    for (const redis of [writer, reader, replica]) redis.disconnect();
    return Promise.resolve();
  }

  #getOne(id: string): Promise<string | null> {
    return this.#read((redis) => redis.get(ENTRY + id));
  }

  #getAll(ids: readonly string[]): Promise<(string | null)[]> {
    return this.#read((redis) => redis.mget(ids.map((id) => ENTRY + id)));
  }

  async #read<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    const { reader, replica } = this.#connections;
    if (reader.status === "ready") {
      try {
        return await command(reader);
      } catch (error) {
        if (replica.status !== "ready") {
          throw unavailable(error);
        }
      }
    }
    try {
      return await command(replica);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async #write(script: string, id: string, ...values: (string | number)[]) {
    const deadline = Date.now() + WRITE_PATIENCE_MS;
    for (let repeated = false; ; repeated = true) {
      try {
        const write = { script, keys: [TIMELINE, ENTRY + id], values: [id, ...values] };
        return { reply: await this.#writes.run(write), repeated };
      } catch (error) {
        if (this.#closed || Date.now() > deadline || !passes(error)) throw unavailable(error);
        await sleep(RETRY_DELAY_MS);
      }
    }
  }

  /** Microseconds that only grow, so that entries of the same moment keep the order in which they were written. */
  #nextScore(): number {
    this.#lastScore = Math.max(this.#lastScore + 1, Date.now() * 1000);
    return this.#lastScore;
  }
}

/** Whether the same write may succeed a moment later: the server is away, or it is another one. */
function passes(error: unknown): boolean {
  return !(error instanceof Error && error.name === "ReplyError") || PASSING.test(error.message);
}

function parseEntry(document: string): Entry {
  return JSON.parse(document) as Entry;
}

/** Only the message is kept: the errors of ioredis carry the command's arguments, which are the writer's words. */
function unavailable(error: unknown): StoreUnavailableError {
  return new StoreUnavailableError(error instanceof Error ? error.message : String(error));
}
