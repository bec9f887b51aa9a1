import { Redis, type RedisOptions } from "ioredis";

export interface RedisServer {
  readonly host: string;
  readonly port: number;
}

export interface RedisConnectionOptions {
  readonly username?: string;
  readonly password?: string;
}

export interface SentinelOptions {
  readonly sentinels: readonly RedisServer[];
  readonly primaryName: string;
}

export interface ConnectionLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const LONGEST_RECONNECT_DELAY_MS = 500;
/** How long a read of the stream waits for something new; well below the socket's timeout. */
export const STREAM_BLOCK_MS = 1000;

/** What an answer of Redis begins with when the connection leads to the wrong server, or to one that leads no more. */
const MISDIRECTED = /^(READONLY|NOREPLICAS|MASTERDOWN|UNBLOCKED)\b/;

/** A connection to that server. */
export function connectRedis({ host, port, ...options }: RedisConnectionOptions & RedisServer): Redis {
  return new Redis({ ...connectionOptions(options), host, port });
}

/**
 * A connection to whichever server the Sentinels call the primary; it follows when that is another. Not by ioredis'
 * failoverDetector: news of a failover while it connects ends the connection for ever, and the adapter then asks it
 * again without a pause.
 */
export function connectPrimary(options: RedisConnectionOptions & SentinelOptions): Redis {
  const { sentinels, primaryName, username, password } = options;
  return new Redis({
    ...connectionOptions(options),
    sentinels: [...sentinels],
    name: primaryName,
    sentinelUsername: username,
    sentinelPassword: password,
    // They call each other by addresses that only hold until a pod starts again; ours are their names.
    updateSentinels: false,
    sentinelCommandTimeout: 1000,
    sentinelRetryStrategy: reconnectDelay,
  });
}

/**
 * Commands wait for the connection, because the adapter tries a failed read of its stream again without a pause. What
 * is written is kept out of that queue: the server writes only while the connection is ready.
 */
function connectionOptions({ username, password }: RedisConnectionOptions): RedisOptions {
  return {
    username,
    password,
    connectionName: "chat-server",
    maxRetriesPerRequest: null,
    connectTimeout: 1000,
    // A peer that vanished without closing answers no command; drop the connection rather than wait for TCP.
    socketTimeout: 3 * STREAM_BLOCK_MS,
    keepAlive: 10_000,
    retryStrategy: reconnectDelay,
    // Sends the command again on the next connection.
    reconnectOnError: (error: Error) => (MISDIRECTED.test(error.message) ? 2 : false),
  };
}

/** Doubles from 50 ms up to half a second, spread so that all clients of a Redis do not return at once. */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(LONGEST_RECONNECT_DELAY_MS, 25 * 2 ** Math.min(attempt, 10));
  return Math.round(delay * (0.5 + random() / 2));
}

/** One line for each change; a Redis that stays away does not fill the log with the same failure. */
export function logConnection(redis: Redis, log: ConnectionLog): void {
  // The adapter makes two more connections out of this one.
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => {
    const copy = duplicate(override);
    logConnection(copy, log);
    return copy;
  };
  const { connectionName: connection, host, port, sentinels, name } = redis.options;
  const server = sentinels ? `primary "${name}"` : `${host}:${port}`;
  const fields = { connection, server };
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
