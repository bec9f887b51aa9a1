import { randomUUID } from "node:crypto";

/** One entry of the journal. */
export interface Entry {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** What a writer supplies; the store adds the rest. */
export type EntryDraft = Pick<Entry, "author" | "text">;

export interface EntryPage {
  readonly entries: readonly Entry[];
  /** Number of entries in the whole journal. */
  readonly total: number;
}

/** Where the entries are kept. */
export interface EntryStore {
  /** Whether the store has answered at least once since the start. */
  readonly ready: boolean;
  /** The given page, newest entry first; pages count from 1, and one beyond the last is empty. */
  list(page: number, pageSize: number): Promise<EntryPage>;
  get(id: string): Promise<Entry | undefined>;
  /** Under an id of the caller's it adds one entry, however often it is called; the one that is there is the answer. */
  add(draft: EntryDraft, id?: string): Promise<Entry>;
  /** Whether there was such an entry. */
  remove(id: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The store can't answer now; the same request may succeed later. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

export function createEntry({ author, text }: EntryDraft, id: string = randomUUID()): Entry {
  return { id, author, text, createdAt: new Date().toISOString() };
}

/** The store's twin for tests and for development: same behaviour, gone with the process. */
export class MemoryEntryStore implements EntryStore {
  readonly ready = true;
  readonly #entries = new Map<string, Entry>();

  list(page: number, pageSize: number): Promise<EntryPage> {
    const newestFirst = [...this.#entries.values()].reverse();
    const start = (page - 1) * pageSize;
    return Promise.resolve({
      entries: newestFirst.slice(start, start + pageSize),
      total: newestFirst.length,
    });
  }

  get(id: string): Promise<Entry | undefined> {
    return Promise.resolve(this.#entries.get(id));
  }

  add(draft: EntryDraft, id?: string): Promise<Entry> {
    const entry = this.#entries.get(id ?? "") ?? createEntry(draft, id);
    this.#entries.set(entry.id, entry);
    return Promise.resolve(entry);
  }

  remove(id: string): Promise<boolean> {
    return Promise.resolve(this.#entries.delete(id));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
