import { setTimeout as sleep } from "node:timers/promises";
import type { PrismaClient } from "../generated/client/client.js";
import { hasWaited, isConnectionLost, isReadOnly } from "./errors.js";

type Action = (args?: unknown) => Promise<unknown>;
type Delegate = Record<string, Action>;
type Repeat = (action: () => Promise<unknown> | undefined) => Promise<unknown>;

const ATTEMPTS = 3;
const READS = [
  "findUnique",
  "findUniqueOrThrow",
  "findFirst",
  "findFirstOrThrow",
  "findMany",
  "count",
  "aggregate",
  "groupBy",
];
const WRITES = ["create", "createMany", "update", "updateMany", "upsert", "delete", "deleteMany"];

export interface RepeatOptions {
  /** Told when the database refuses to write; what is tried next should find another one. */
  readonly onRefused?: () => void;
  /** How long a write that is refused is tried again. */
  readonly patienceMs: number;
  /** @default 500 ms */
  readonly pauseMs?: number;
}

/**
 * The same client, which repeats for these models what is safe to repeat: a read when the connection is lost under it,
 * and a write that the database has refused to do since it is read-only, as it is in a failover. Nothing of such a write
 * is done, since all statements of one are a transaction. A write under which the connection is lost is never repeated:
 * it may have been done. The actions give plain promises, which no `$transaction([…])` takes. A query extension of
 * Prisma's would do it too, for more.
 */
export function repeating(
  client: PrismaClient,
  models: readonly string[],
  options: RepeatOptions,
): PrismaClient {
  const refused = repeatRefused(options);
  const delegates = new Map<PropertyKey, Delegate>(
    models.map((name) => {
      const delegate = (client as unknown as Partial<Record<string, Delegate>>)[name];
      if (!delegate) throw new Error(`the client has no model "${name}"`);
      return [name, withRepeats(delegate, refused)];
    }),
  );
  return new Proxy(client, {
    get: (target, key) => delegates.get(key) ?? (Reflect.get(target, key) as unknown),
  });
}

function withRepeats(delegate: Delegate, refused: Repeat): Delegate {
  const through = (actions: readonly string[], repeat: Repeat) =>
    actions.map((action) => {
      const value: Action = (args) => repeat(() => delegate[action]?.(args));
      return [action, { value }] as const;
    });
  const repeated = Object.fromEntries([...through(READS, repeatLost), ...through(WRITES, refused)]);
  // Defined, not assigned: the delegate is a proxy, which an assignment would reach.
  return Object.create(delegate, repeated) as Delegate;
}

const repeatLost: Repeat = async (read) => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt >= ATTEMPTS || !isConnectionLost(error) || hasWaited(error)) throw error;
      await sleep(50 * attempt);
    }
  }
};

function repeatRefused({ onRefused, patienceMs, pauseMs = 500 }: RepeatOptions): Repeat {
  return async (write) => {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!isReadOnly(error)) throw error;
        onRefused?.();
        if (performance.now() + pauseMs > deadline) throw error;
        await sleep(pauseMs);
      }
    }
  };
}
