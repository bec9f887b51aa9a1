import { Redis } from "ioredis";

export interface RedisConnectionOptions {
  /** What the logs call this connection. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly password?: string;
}

export interface ConnectionLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const LONGEST_RECONNECT_DELAY_MS = 2000;

/**
 * A connection that fails fast and comes back by itself.
 *
 * A request is answered or refused within the command timeout: commands neither wait for a connection nor are sent
 * a second time, since a write that timed out may have been done.
 */
export function connectRedis({ name, host, port, password }: RedisConnectionOptions): Redis {
  return new Redis({
    host,
    port,
    password,
    connectionName: `journal-frontend-${name}`,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    connectTimeout: 2000,
    commandTimeout: 1000,
    // A peer that vanished without closing answers no command; drop the connection rather than wait for TCP.
    socketTimeout: 2000,
    keepAlive: 10_000,
    retryStrategy: reconnectDelay,
    // The host name may by now stand for another Redis, the new primary.
    reconnectOnError: (error) => /^(READONLY|NOREPLICAS)\b/.test(error.message),
  });
}

/** Doubles from 50 ms up to two seconds, spread so that all clients of a Redis do not return at once. */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(LONGEST_RECONNECT_DELAY_MS, 25 * 2 ** Math.min(attempt, 10));
  return Math.round(delay * (0.5 + random() / 2));
}

/** One line for each change; a Redis that stays away does not fill the log with the same failure. */
export function logConnection(redis: Redis, log: ConnectionLog): void {
  const { connectionName: connection, host, port } = redis.options;
  const fields = { connection, server: `${host}:${port}` };
  const reported = new Set<string>();
  redis.on("ready", () => {
    reported.clear();
    log.info(fields, "connected to Redis");
  });
  // Only the message: ioredis hangs the command's arguments on its errors, the password among them.
  redis.on("error", ({ message }: Error) => {
    report("cannot reach Redis", message);
  });
  redis.on("close", () => {
    if (reported.size === 0) {
      report("connection to Redis closed", "closed");
    }
  });

  function report(message: string, reason: string): void {
    if (!reported.has(reason)) {
      reported.add(reason);
      log.warn({ ...fields, reason }, message);
    }
  }
}
