import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/** Whether the process is on its way out: from then on it is not ready, but still answers. */
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
  /** How long to go on answering. */
  readonly delayMs: number;
  /** How long requests may take to finish after that. */
  readonly deadlineMs: number;
}

/**
 * Leaves without failing a request: a pod's removal from the load balancers runs beside its SIGTERM, so requests
 * still come for a while. They are answered, and their connections closed; then the server closes.
 *
 * Returns whether everything was finished before the deadline.
 */
export async function drainAndClose(
  app: FastifyInstance,
  drain: Drain,
  options: DrainOptions,
): Promise<boolean> {
  drain.begin();
  await sleep(options.delayMs);
  const closed = app.close().then(() => true);
  return Promise.race([closed, sleep(options.deadlineMs, false, { ref: false })]);
}
