import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "./events.js";
import { type Draft, type MessageStore, StoreUnavailableError } from "./message-store.js";

/** As many as one write to the store takes. */
const MOST_AT_ONCE = 100;
/** Drafts of a room that may wait for their turn. */
const MOST_WAITING = 2000;
/** Between two writes to a room: long enough for another server to hear where the room ends now, and to write there. */
const PAUSE_MS = 10;

interface Waiting {
  readonly draft: Draft;
  readonly resolve: (message: Message) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes to the store room by room: while one write is under way, what comes for the same room waits, and goes with
 * the next one together. So a busy room costs few writes, and this server never competes with itself for a place. After
 * each write it lets other servers go first: whoever knows best where a busy room ends would win every place in it.
 */
export class RoomWriter {
  readonly #store: MessageStore;
  readonly #headOf: (room: string) => number;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #unanswered = new Map<string, Promise<Message>>();

  /** @param pause By default that of the clock. */
  constructor(
    store: MessageStore,
    headOf: (room: string) => number,
    pause: (ms: number) => Promise<unknown> = (ms) => sleep(ms),
  ) {
    this.#store = store;
    this.#headOf = headOf;
    this.#pause = pause;
  }

  /** Whoever sends a message again because the store is slow waits for the first one, and does not make it slower. */
  write(draft: Draft): Promise<Message> {
    const key = JSON.stringify([draft.room, draft.author.id, draft.id]);
    const written = this.#unanswered.get(key) ?? this.#enqueue(draft);
    this.#unanswered.set(key, written);
    const forget = () => this.#unanswered.delete(key);
    written.then(forget, forget);
    return written;
  }

  #enqueue(draft: Draft): Promise<Message> {
    const { room } = draft;
    const waiting = this.#waiting.get(room) ?? [];
    if (waiting.length >= MOST_WAITING) {
      return Promise.reject(
        new StoreUnavailableError(`${waiting.length} messages are waiting for the store`),
      );
    }
    this.#waiting.set(room, waiting);
    return new Promise((resolve, reject) => {
      waiting.push({ draft, resolve, reject });
      if (!this.#running.has(room)) this.#running.set(room, this.#run(room));
    });
  }

  /** Resolves when nothing is being written any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #run(room: string): Promise<void> {
    // The place where the last write ended is better than what the other servers have told so far.
    let head = 0;
    for (let batch = this.#next(room); batch.length > 0; batch = this.#next(room)) {
      const drafts = batch.map(({ draft }) => draft);
      try {
        const end = head;
        const messages = await this.#store.append(drafts, () => Math.max(end, this.#headOf(room)));
        batch.forEach(({ resolve }, index) => {
          resolve(messages[index] as Message);
        });
        head = Math.max(head, ...messages.map(({ seq }) => seq));
      } catch (error) {
        batch.forEach(({ reject }) => {
          reject(error);
        });
      }
      await this.#pause(PAUSE_MS);
    }
    this.#waiting.delete(room);
    this.#running.delete(room);
  }

  #next(room: string): Waiting[] {
    return this.#waiting.get(room)?.splice(0, MOST_AT_ONCE) ?? [];
  }
}
