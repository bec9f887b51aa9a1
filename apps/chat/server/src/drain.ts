import { setTimeout as sleep } from "node:timers/promises";
import type { Chat } from "./chat.js";

/** Whether the process is on its way out: from then on it is not ready, but still serves. */
export class Drain {
  #active = false;

  get active(): boolean {
    return this.#active;
  }

  begin(): void {
    this.#active = true;
  }
}

export interface DrainOptions {
  /** How long to go on letting clients in, while the load balancers learn that this server is leaving. */
  readonly delayMs: number;

  /** Over how long to send the clients away: all at once would be a storm for the other servers. */
  readonly spreadMs: number;

  /**
   * How long a client may take to move before its connection is ended.
   *
   * @default 1000
   */
  readonly patienceMs?: number;

  /**
   * How long the store may take for what has been sent. What is not acknowledged then, a client sends again elsewhere.
   *
   * @default 5000
   */
  readonly storeMs?: number;

  /** @default that of the clock */
  readonly pause?: (ms: number) => Promise<unknown>;
}

const STEP_MS = 250;

/**
 * Leaves without losing anybody: first it is only not ready, then it lets nobody in and tells its clients, a few at a
 * time, to connect to another server. It ends when what they have sent is stored, or the store has had its time.
 */
export async function moveEverybody(chat: Chat, drain: Drain, options: DrainOptions): Promise<void> {
  const { delayMs, spreadMs, patienceMs = 1000, storeMs = 5000, pause = (ms: number) => sleep(ms) } = options;
  drain.begin();
  await pause(delayMs);
  chat.door.shut();

  const sockets = [...chat.io.of("/").sockets.values()];
  const steps = Math.max(1, Math.ceil(spreadMs / STEP_MS));
  const atOnce = Math.max(1, Math.ceil(sockets.length / steps));
  const ends: Promise<void>[] = [];
  for (let first = 0; first < sockets.length; first += atOnce) {
    const batch = sockets.slice(first, first + atOnce).filter(({ connected }) => connected);
    for (const socket of batch) socket.emit("moving");
    ends.push(endLater(batch));
    await pause(STEP_MS);
  }
  await Promise.all(ends);
  await Promise.race([chat.idle(), sleep(storeMs, undefined, { ref: false })]);

  async function endLater(batch: typeof sockets): Promise<void> {
    await pause(patienceMs);
    // As if the connection broke: a client that knows nothing of moving connects again by itself.
    for (const { conn } of batch) conn.close();
  }
}
