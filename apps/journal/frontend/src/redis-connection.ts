import { Redis } from "ioredis";
import { leaveFormerPrimary } from "./former-primary.js";
import { reconnectDelay } from "./reconnect-delay.js";

export interface RedisServer {
  readonly host: string;
  readonly port: number;
}

export interface RedisConnectionOptions {
  /** What the logs call this connection. */
  readonly name: string;
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

/** What an answer of Redis begins with when the connection leads to the wrong server, or to one that leads no more. */
const MISDIRECTED = /^(READONLY|NOREPLICAS|MASTERDOWN|UNBLOCKED)\b/;

/** A connection to that server. */
export function connectRedis({ host, port, ...options }: RedisConnectionOptions & RedisServer): Redis {
  return new Redis({ ...connectionOptions(options), host, port });
}

/** A connection to whichever server the Sentinels call the primary; it follows when that is another. */
export function connectPrimary(options: RedisConnectionOptions & SentinelOptions): Redis {
  const { sentinels, primaryName, username, password } = options;
  const redis = new Redis({
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
  leaveFormerPrimary(redis, options);
  return redis;
}

/**
 * A connection fails fast and comes back by itself: commands neither wait for it nor are sent a second time, since a
 * write that timed out may have been done. Whoever sent it decides.
 */
function connectionOptions({ name, username, password }: RedisConnectionOptions) {
  return {
    username,
    password,
    connectionName: `journal-frontend-${name}`,
    // The store gathers reads and writes itself; automatic pipelining beside it would cost more than it saves.
    enableAutoPipelining: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // With anything else those on their way when the connection ends are only told when their time is over.
    maxRetriesPerRequest: 0,
    connectTimeout: 1000,
    commandTimeout: 1000,
    // A peer that vanished without closing answers no command; drop the connection rather than wait for TCP.
    socketTimeout: 2000,
    keepAlive: 10_000,
    retryStrategy: reconnectDelay,
    reconnectOnError: (error: Error) => MISDIRECTED.test(error.message),
  };
}

/** One line for each change; a Redis that stays away does not fill the log with the same failure. */
export function logConnection(redis: Redis, log: ConnectionLog): void {
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
