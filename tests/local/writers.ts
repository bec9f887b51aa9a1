import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { call, urlOf } from "./platform.js";

/** Enough entries to lose some, few enough to read and remove them all again. */
const PAUSE_MS = 25;

export interface Written {
  /** Ids of the entries that were answered for. */
  ids: string[];
  /** Requests that had to be sent again. */
  repeated: number;
  /** The longest time in which nobody was answered. */
  gapMs: number;
}

/** Writers that each add one entry after the other, and repeat a request under its key until it is answered for. */
export class Writers {
  readonly #written: Written = { ids: [], repeated: 0, gapMs: 0 };
  readonly #agent = new Agent({ keepAlive: true });
  readonly #writers: Promise<void>[];
  #last = Date.now();
  #stopped = false;

  constructor(count: number) {
    this.#writers = Array.from({ length: count }, (_, writer) => this.#write(writer));
  }

  get count(): number {
    return this.#written.ids.length;
  }

  async stop(): Promise<Written> {
    this.#stopped = true;
    await Promise.all(this.#writers);
    this.#agent.destroy();
    return this.#written;
  }

  async #write(writer: number): Promise<void> {
    while (!this.#stopped) {
      const id = randomUUID();
      while (!(await this.#send(id, writer))) {
        this.#written.repeated++;
        await sleep(100);
      }
      this.#written.ids.push(id);
      const now = Date.now();
      this.#written.gapMs = Math.max(this.#written.gapMs, now - this.#last);
      this.#last = now;
      await sleep(PAUSE_MS);
    }
  }

  async #send(id: string, writer: number): Promise<boolean> {
    const body = { author: `writer ${writer}`, text: id };
    const options = { agent: this.#agent, headers: { "idempotency-key": id } };
    const url = `${urlOf("journal", "http")}/api/entries`;
    const status = await call(url, "POST", body, options).then(
      (answer) => answer.status,
      () => 0, // No answer at all: what became of it is not known, as with a 503.
    );
    if (status !== 201 && status !== 0 && status < 500) throw new Error(`unexpected answer ${status}`);
    return status === 201;
  }
}
