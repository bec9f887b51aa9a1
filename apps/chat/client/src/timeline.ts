import type { History, Message } from "../../server/src/events.js";

/** What came of a message: shown, known already, or waiting for one before it. */
export type Received = "added" | "duplicate" | "early";

/** The messages of one room that this page has: in the room's order, each once, without a gap. */
export class Timeline {
  #messages: Message[] = [];
  readonly #early = new Map<number, Message>();
  #last = 0;
  #hasOlder = true;

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Place of the newest message; what comes after it has been missed or is still to be written. */
  get last(): number {
    return this.#last;
  }

  /** Whether the room has messages before the first one here. */
  get hasOlder(): boolean {
    return this.#hasOlder;
  }

  /** Whether messages are here that cannot be shown before another one. */
  get hasGap(): boolean {
    return this.#early.size > 0;
  }

  /** A message by itself, as it was sent. */
  receive(message: Message): Received {
    if (message.seq <= this.#last) return "duplicate";
    this.#early.set(message.seq, message);
    return this.#showEarly() > 0 ? "added" : "early";
  }

  /** The page that a room begins with. */
  begin({ messages, more }: History, head: number): void {
    this.#messages = [...messages];
    this.#hasOlder = more;
    this.#last = messages.at(-1)?.seq ?? head;
    this.#forgetKnown();
    this.#showEarly();
  }

  /** What was missed: the messages right after `last`, whatever their places are. */
  extend(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.seq <= this.#last) continue;
      this.#messages.push(message);
      this.#last = message.seq;
    }
    this.#forgetKnown();
    this.#showEarly();
  }

  prepend({ messages, more }: History): void {
    const first = this.#messages[0]?.seq ?? Infinity;
    this.#messages.unshift(...messages.filter(({ seq }) => seq < first));
    this.#hasOlder = more;
  }

  #showEarly(): number {
    let shown = 0;
    for (let next = this.#early.get(this.#last + 1); next; next = this.#early.get(this.#last + 1)) {
      this.#early.delete(next.seq);
      this.#messages.push(next);
      this.#last = next.seq;
      shown += 1;
    }
    return shown;
  }

  #forgetKnown(): void {
    for (const seq of this.#early.keys()) if (seq <= this.#last) this.#early.delete(seq);
  }
}
