import type { Redis } from "ioredis";

/** As long as a replica may take to confirm; below the connection's command timeout, so that it is Redis that answers. */
const WAIT_MS = 800;

/** A batch is one round trip; a longer one would only make its first write wait for its last. */
const MOST_AT_ONCE = 128;

export interface Write {
  readonly script: string;
  readonly keys: readonly string[];
  readonly values: readonly (string | number)[];
}

interface Queued extends Write {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs scripts that write, and answers when enough replicas have what they wrote. What comes in while a batch is on its
 * way makes up the next one, so that many writers share one WAIT.
 */
export class AcknowledgedWrites {
  readonly #redis: Redis;
  readonly #replicas: number;
  readonly #queue: Queued[] = [];
  #busy = false;

  constructor(redis: Redis, replicas: number) {
    this.#redis = redis;
    this.#replicas = replicas;
  }

  /** Rejects also when the write may have been done, but not by enough. */
  run(write: Write): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...write, resolve, reject });
      if (!this.#busy) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#busy = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, MOST_AT_ONCE);
      await this.#send(batch).catch((error: unknown) => {
        for (const { reject } of batch) reject(error as Error);
      });
    }
    this.#busy = false;
  }

  async #send(batch: readonly Queued[]): Promise<void> {
    // In one piece over one connection: after a reconnection WAIT would answer for the writes of nobody.
    const pipeline = this.#redis.pipeline();
    for (const { script, keys, values } of batch) pipeline.eval(script, keys.length, ...keys, ...values);
    if (this.#replicas > 0) pipeline.wait(this.#replicas, WAIT_MS);
    const results = (await pipeline.exec()) ?? [];
    const problem = this.#replicas > 0 ? this.#unacknowledged(results[batch.length]) : undefined;
    batch.forEach(({ resolve, reject }, index) => {
      const [error, reply] = results[index] ?? [new Error("no answer")];
      if (error ?? problem) reject((error ?? problem) as Error);
      else resolve(reply);
    });
  }

  #unacknowledged(
    [error, replicas]: [Error | null, unknown] = [new Error("no answer"), 0],
  ): Error | undefined {
    if (error) return error;
    if (Number(replicas) >= this.#replicas) return undefined;
    return new Error(`expected ${this.#replicas} replica(s) to have the write, got ${String(replicas)}`);
  }
}
