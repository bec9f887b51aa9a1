import { setTimeout as sleep } from "node:timers/promises";
import type { PrismaClient } from "../generated/client/client.js";
import { isConnectionLost } from "./errors.js";

type Action = (args?: unknown) => Promise<unknown>;
type Delegate = Record<string, Action>;

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

/**
 * The same client, whose reads of these models are repeated when the connection is lost under them. They give
 * plain promises, which no `$transaction([…])` takes. A query extension of Prisma's would do it too, for more.
 */
export function repeatingReads(client: PrismaClient, models: readonly string[]): PrismaClient {
  const delegates = new Map<PropertyKey, Delegate>(
    models.map((name) => {
      const delegate = (client as unknown as Partial<Record<string, Delegate>>)[name];
      if (!delegate) throw new Error(`the client has no model "${name}"`);
      return [name, repeating(delegate)];
    }),
  );
  return new Proxy(client, {
    get: (target, key) => delegates.get(key) ?? (Reflect.get(target, key) as unknown),
  });
}

function repeating(delegate: Delegate): Delegate {
  const reads = READS.map((action) => {
    const value: Action = (args) => repeat(() => delegate[action]?.(args));
    return [action, { value }] as const;
  });
  // Defined, not assigned: the delegate is a proxy, which an assignment would reach.
  return Object.create(delegate, Object.fromEntries(reads)) as Delegate;
}

async function repeat(read: () => Promise<unknown> | undefined): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt >= ATTEMPTS || !isConnectionLost(error)) throw error;
      await sleep(50 * attempt);
    }
  }
}
