import type { Message } from "./events.js";

/** Messages of a room that are kept in memory: what clients missed while they were away for a moment is among them. */
const KEPT = 200;
/** Messages that wait for one before them; beyond, the store has them. */
const MOST_HELD = 1000;

/** The end of one room as this server has delivered it: in order, each message once. */
export class RoomLog {
  readonly #recent: Message[];
  readonly #held = new Map<number, Message>();
  #head: number;

  /** @param recent The room's last messages, oldest first, without a gap. */
  constructor(recent: readonly Message[]) {
    this.#recent = [...recent];
    this.#head = recent.at(-1)?.seq ?? 0;
  }

  /** Place of the last message delivered. */
  get head(): number {
    return this.#head;
  }

  /** Whether messages are there that cannot be delivered before another one. */
  get hasGap(): boolean {
    return this.#held.size > 0;
  }

  /** Takes a message in, in whatever order they come, and returns those whose turn it is now. */
  add(message: Message): readonly Message[] {
    if (message.seq <= this.#head) return [];
    if (message.seq > this.#head + 1 && this.#held.size >= MOST_HELD) return [];
    this.#held.set(message.seq, message);
    const due: Message[] = [];
    for (let next = this.#held.get(this.#head + 1); next; next = this.#held.get(this.#head + 1)) {
      this.#held.delete(next.seq);
      this.#head = next.seq;
      due.push(next);
    }
    this.#recent.push(...due);
    this.#recent.splice(0, this.#recent.length - KEPT);
    return due;
  }

  /** Goes on before this message, although the ones between are missing: the store does not have them either. */
  skipTo(seq: number): void {
    this.#head = Math.max(this.#head, seq - 1);
  }

  /** The first messages after this place, or nothing when they are no longer all in memory. */
  after(seq: number, limit: number): readonly Message[] | undefined {
    if (seq >= this.#head) return [];
    if (seq + 1 < (this.#recent[0]?.seq ?? Infinity)) return undefined;
    return this.#recent.filter((message) => message.seq > seq).slice(0, limit);
  }

  /** The last messages before this place, or nothing when they are not all in memory. */
  before(seq: number, limit: number): readonly Message[] | undefined {
    const found = this.#recent.filter((message) => message.seq < seq).slice(-limit);
    const isWhole = found.length === limit || this.#recent[0]?.seq === 1 || this.#head === 0;
    return isWhole ? found : undefined;
  }

  find(isWanted: (message: Message) => boolean): Message | undefined {
    return this.#recent.findLast(isWanted);
  }
}
