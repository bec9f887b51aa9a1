import type { Message } from "./events.js";
import { END, type MessageStore } from "./message-store.js";
import { RoomLog } from "./room-log.js";

export interface RoomFeedOptions {
  readonly store: MessageStore;
  /** Gives a message to the room's clients on this server. */
  readonly deliver: (message: Message) => void;
  /** A room's messages could not be read; they are asked for again at the next check. */
  readonly onError: (error: unknown) => void;
  /** Called with the number of messages that came from the store, not told by another server in time or at all. */
  readonly onCaughtUp?: (messages: number) => void;
  /**
   * How long a message waits for the one before it until the store is asked.
   *
   * @default 100
   */
  readonly patienceMs?: number;
}

/** What the log of an opened room starts with, and what is read of a longer gap at a time. */
const PAGE = 200;
/** How far others may be behind the one who comes back first and still find what they missed in the log. */
const MARGIN = 15;
/** Rooms without clients here whose log is kept: after a cut many leave and come back at the same time. */
const MOST_IDLE = 100;
/** Rooms that are checked at the same time. */
const AT_ONCE = 20;

/**
 * Everything that is said in the rooms that this server has clients in, in the store's order.
 *
 * Other servers tell of a message when they have stored it. That is fast, and may fail: what was not told, or came in
 * another order, is read from the store, once for all clients of this server.
 */
export class RoomFeed {
  readonly #options: RoomFeedOptions;
  readonly #open = new Map<string, RoomLog>();
  readonly #idle = new Map<string, RoomLog>();
  readonly #opening = new Map<string, Promise<RoomLog>>();
  readonly #catchingUp = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();

  constructor(options: RoomFeedOptions) {
    this.#options = options;
  }

  /**
   * From when this has resolved, each new message of the room is delivered, until the room is closed.
   *
   * @param after Where somebody has been who comes back: an unopened room is read from there, if that is not far.
   */
  async open(room: string, after = 0): Promise<RoomLog> {
    const log = this.#open.get(room);
    if (log) return log;
    const opening = this.#opening.get(room) ?? this.#load(room, after);
    this.#opening.set(room, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(room);
    }
  }

  isOpen(room: string): boolean {
    return this.#open.has(room);
  }

  /** Nobody here is in the room any more. */
  close(room: string): void {
    const log = this.#open.get(room);
    if (!log) return;
    this.#open.delete(room);
    clearTimeout(this.#waiting.get(room));
    this.#waiting.delete(room);
    this.#idle.set(room, log);
    const oldest = this.#idle.keys().next();
    if (this.#idle.size > MOST_IDLE && !oldest.done) this.#idle.delete(oldest.value);
  }

  /** After an opening for somebody who has left in the meantime. */
  closeUnless(room: string, isAnyoneIn: boolean): void {
    if (!isAnyoneIn) this.close(room);
  }

  closeAll(): void {
    for (const room of [...this.#open.keys()]) this.close(room);
  }

  /** Where the room ends, as far as this server knows. */
  headOf(room: string): number {
    return (this.#open.get(room) ?? this.#idle.get(room))?.head ?? 0;
  }

  /** A message that is in the store. */
  offer(message: Message): void {
    const { room } = message;
    const log = this.#open.get(room);
    if (!log) return;
    log.add(message).forEach(this.#options.deliver);
    if (log.hasGap && !this.#waiting.has(room)) {
      const timer = setTimeout(() => {
        this.#waiting.delete(room);
        if (log.hasGap) void this.catchUp(room);
      }, this.#options.patienceMs ?? 100);
      this.#waiting.set(room, timer.unref());
    }
  }

  /** Reads from the store what this server has not been told of, in every open room. */
  async check(): Promise<void> {
    const rooms = [...this.#open.keys()];
    for (let first = 0; first < rooms.length; first += AT_ONCE) {
      await Promise.all(rooms.slice(first, first + AT_ONCE).map((room) => this.catchUp(room)));
    }
  }

  async #load(room: string, after: number): Promise<RoomLog> {
    const log = this.#idle.get(room) ?? new RoomLog(await this.#startOf(room, after));
    this.#idle.delete(room);
    this.#open.set(room, log);
    // What was stored between reading and opening, or while the room was idle.
    await this.catchUp(room);
    return log;
  }

  /**
   * What a log starts with: a few messages up to a place that is near the end, since after a server has gone everybody
   * in all its rooms comes back at once and has missed little; otherwise the room's last page.
   */
  async #startOf(room: string, after: number): Promise<readonly Message[]> {
    const { store } = this.#options;
    if (after > 0) {
      const count = Math.min(after, MARGIN);
      const [known, far] = await Promise.all([
        store.after(room, after - count, count),
        store.after(room, after + PAGE, 1),
      ]);
      // The place is the client's word, and may be one that is only just being filled, with places before it that are not.
      const isWhole = known.length === count && known.at(-1)?.seq === after;
      if (isWhole && far.length === 0) return known;
    }
    return store.before(room, END, PAGE);
  }

  /** Reads what is missing in a room; one reading at a time, since a second one would read the same. */
  catchUp(room: string): Promise<void> {
    const running = this.#catchingUp.get(room);
    if (running) return running;
    const log = this.#open.get(room);
    if (!log) return Promise.resolve();
    const reading = this.#read(room, log)
      .catch(this.#options.onError)
      .finally(() => this.#catchingUp.delete(room));
    this.#catchingUp.set(room, reading);
    return reading;
  }

  async #read(room: string, log: RoomLog): Promise<void> {
    const { store, deliver, onCaughtUp } = this.#options;
    for (;;) {
      let missed = await store.following(room, log.head);
      if (missed.length === 0) {
        if (!log.hasGap) return;
        // The place before a message that was told is empty: not readable yet, or somebody has removed it.
        missed = await store.after(room, log.head, PAGE);
        log.skipTo(missed[0]?.seq ?? 0);
      }
      const due = missed.flatMap((message) => log.add(message));
      due.forEach(deliver);
      onCaughtUp?.(due.length);
      if (due.length === 0) return;
    }
  }
}
