import { setTimeout as sleep } from "node:timers/promises";
import type { Message, Person } from "./events.js";

/** What a sender supplies; the store gives it its place. */
export interface Draft {
  readonly room: string;
  /** With the author, what makes the message unique. */
  readonly id: string;
  readonly author: Person;
  readonly text: string;
}

/**
 * Where the messages are kept.
 *
 * The places of a room have no gaps, and a message gets its place only when the one before can be read. So whoever
 * has read up to a place has missed nothing before it, however many servers write at the same time.
 */
export interface MessageStore {
  /** Whether the store has answered at least once since the start. */
  readonly ready: boolean;

  /**
   * Stores the drafts of one room in this order, and returns the message of each. A draft that is there already, by its
   * author and id, is not stored again: its message comes back.
   *
   * @param headOf Where the caller believes the room to end, asked again when others have been quicker. Too low is only
   *   slow; beyond the end it would leave places empty, so it must be a place that is in the store, or 0.
   */
  append(drafts: readonly Draft[], headOf: () => number): Promise<readonly Message[]>;

  /** Some of the messages right after this place, up to the first place that is empty: cheap when there is none. */
  following(room: string, seq: number): Promise<readonly Message[]>;

  /** The first messages after this place, oldest first. */
  after(room: string, seq: number, limit: number): Promise<readonly Message[]>;

  /** The last messages before this place, oldest first. */
  before(room: string, seq: number, limit: number): Promise<readonly Message[]>;

  close(): Promise<void>;
}

/** Beyond every place of a room. */
export const END = Number.MAX_SAFE_INTEGER;

/** The store can't answer now; the same request may succeed later, and may have been done already. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

export function createMessage(draft: Draft, seq: number): Message {
  const { room, id, author, text } = draft;
  return { room, seq, id, author, text, sentAt: new Date().toISOString() };
}

export function isSame(draft: Draft, message: Message): boolean {
  return draft.id === message.id && draft.author.id === message.author.id;
}

/** The store's twin for tests and for development: same behaviour, gone with the process. */
export class MemoryMessageStore implements MessageStore {
  readonly ready: boolean = true;
  readonly #rooms = new Map<string, Message[]>();

  async append(drafts: readonly Draft[]): Promise<readonly Message[]> {
    // An answer never comes in the same turn of the event loop, as from a real store.
    await sleep(0);
    return drafts.map((draft) => {
      const messages = this.#room(draft.room);
      const known = messages.find((message) => isSame(draft, message));
      if (known) {
        return known;
      }
      const message = createMessage(draft, messages.length + 1);
      messages.push(message);
      return message;
    });
  }

  following(room: string, seq: number): Promise<readonly Message[]> {
    return Promise.resolve(this.#room(room).slice(seq, seq + 16));
  }

  after(room: string, seq: number, limit: number): Promise<readonly Message[]> {
    return Promise.resolve(this.#room(room).slice(seq, seq + limit));
  }

  before(room: string, seq: number, limit: number): Promise<readonly Message[]> {
    const messages = this.#room(room);
    const end = Math.min(messages.length, Math.max(0, seq - 1));
    return Promise.resolve(messages.slice(Math.max(0, end - limit), end));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #room(room: string): Message[] {
    const messages = this.#rooms.get(room) ?? [];
    this.#rooms.set(room, messages);
    return messages;
  }
}
