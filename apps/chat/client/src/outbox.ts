import { v4 as uuid } from "uuid";
import type { Answer, Message, SendRequest } from "../../server/src/events.js";
import type { Keeper } from "./keeper.js";

/** A message that the server has not acknowledged. */
export interface Pending extends SendRequest {
  /** When it was written; the order in which they go out. */
  readonly writtenAt: number;
  /** Why the server will never take it, in words for the reader. */
  readonly refused?: string;
}

export interface OutboxOptions {
  readonly keeper: Keeper;
  readonly send: (request: SendRequest) => Promise<Answer<Message>>;
  /** The server has it. */
  readonly onSent: (message: Message) => void;
  /** A room's list of pending messages is another one. */
  readonly onChange: (room: string) => void;
  readonly isOnline: () => boolean;
  /** @default that of the clock */
  readonly pause?: (ms: number) => Promise<unknown>;
}

const KEY = "outbox.";
const RETRY_MS = 500;
const PASSING = new Set(["unavailable", "rate-limited", "internal", "not-in-room", "too-many-rooms"]);

/**
 * Messages stay here, and in the browser's storage, until the server has acknowledged them. Each keeps its id however
 * often it is sent, so the server stores it once; a room's go out one after the other, so they keep their order.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #sending = new Set<string>();
  #lastWrittenAt = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    for (const key of options.keeper.keys(KEY)) {
      const kept = options.keeper.get(key);
      if (isPending(kept)) this.#pending.set(kept.id, kept);
    }
  }

  /** A room's pending messages, oldest first. */
  of(room: string): readonly Pending[] {
    const ofRoom = [...this.#pending.values()].filter((pending) => pending.room === room);
    return ofRoom.sort((a, b) => a.writtenAt - b.writtenAt);
  }

  rooms(): readonly string[] {
    return [...new Set([...this.#pending.values()].map(({ room }) => room))];
  }

  add(room: string, text: string): Pending {
    this.#lastWrittenAt = Math.max(this.#lastWrittenAt + 1, Date.now());
    const pending = { room, text, id: uuid(), writtenAt: this.#lastWrittenAt };
    this.#keep(pending);
    void this.flush(room);
    return pending;
  }

  /** Gives up a message that was refused. */
  discard({ id, room }: Pending): void {
    this.#pending.delete(id);
    this.#options.keeper.remove(KEY + id);
    this.#options.onChange(room);
  }

  /** Sends what is waiting for this room, unless that is being done already. */
  async flush(room: string): Promise<void> {
    const { isOnline, send, pause = sleep } = this.#options;
    if (this.#sending.has(room)) return;
    this.#sending.add(room);
    try {
      for (let next = this.#next(room); next && isOnline(); next = this.#next(room)) {
        const { id, text } = next;
        const wait = this.#settle(next, await send({ room, id, text }));
        if (wait > 0) await pause(wait);
      }
    } finally {
      this.#sending.delete(room);
    }
  }

  /** Takes a message that came by another way, such as from the server before its acknowledgement. */
  acknowledge(message: Message): void {
    const pending = this.#pending.get(message.id);
    if (pending) this.discard(pending);
  }

  /** Returns how long to wait before the next try. */
  #settle(pending: Pending, answer: Answer<Message>): number {
    if (answer.ok) {
      this.#options.onSent(answer.value);
      this.acknowledge(answer.value);
      return 0;
    }
    const { code, message, retryAfterMs = RETRY_MS } = answer.error;
    if (PASSING.has(code)) return retryAfterMs;
    this.#keep({ ...pending, refused: message });
    return 0;
  }

  #next(room: string): Pending | undefined {
    return this.of(room).find(({ refused }) => refused === undefined);
  }

  #keep(pending: Pending): void {
    this.#pending.set(pending.id, pending);
    this.#options.keeper.set(KEY + pending.id, pending);
    this.#options.onChange(pending.room);
  }
}

function isPending(value: unknown): value is Pending {
  const { id, room, text, writtenAt } = (value ?? {}) as Partial<Record<keyof Pending, unknown>>;
  return (
    typeof id === "string" &&
    typeof room === "string" &&
    typeof text === "string" &&
    typeof writtenAt === "number"
  );
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
