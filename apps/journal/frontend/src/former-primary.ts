import { lookup } from "node:dns/promises";
import { Socket } from "node:net";
import { Redis } from "ioredis";
import { reconnectDelay } from "./reconnect-delay.js";
import type { RedisConnectionOptions, SentinelOptions } from "./redis-connection.js";

const SWITCHES = "+switch-master";

/**
 * Breaks the connection to a primary as soon as a Sentinel tells of another one: it comes back to that. One that hangs,
 * or whose node is gone, closes nothing by itself. ioredis' own failoverDetector is not it: news that comes while it
 * connects ends the connection for ever.
 */
export function leaveFormerPrimary(redis: Redis, options: RedisConnectionOptions & SentinelOptions): void {
  const { name, sentinels, primaryName, username, password } = options;
  const listeners = sentinels.map(({ host, port }) => {
    const listener = new Redis({
      host,
      port,
      username,
      password,
      connectionName: `journal-frontend-${name}-switches`,
      maxRetriesPerRequest: null,
      connectTimeout: 1000,
      keepAlive: 10_000,
      retryStrategy: reconnectDelay,
    });
    // The others tell the same, and it comes back by itself.
    listener.on("error", () => undefined);
    listener.on("message", (_channel: string, news: string) => {
      const [told, , , nextHost = "", nextPort] = news.split(" ");
      if (told === primaryName) void leaveUnlessAt(redis, nextHost, Number(nextPort));
    });
    listener.subscribe(SWITCHES).catch(() => undefined);
    return listener;
  });
  const listenNoLonger = () => {
    for (const listener of listeners) listener.disconnect();
  };
  redis.once("end", listenNoLonger);
  // ioredis tells of no end when it is told to stop while it waits to connect again.
  const disconnect = redis.disconnect.bind(redis);
  redis.disconnect = (reconnect = false) => {
    if (!reconnect) listenNoLonger();
    disconnect(reconnect);
  };
}

/** Each Sentinel tells the same in its own time, one that was cut off much later: who is there already stays. */
async function leaveUnlessAt(redis: Redis, host: string, port: number): Promise<void> {
  const address = await lookup(host).then(
    (found) => found.address,
    () => undefined,
  );
  // There is none before the first connection.
  const { stream } = redis as { stream?: Redis["stream"] };
  if (stream instanceof Socket && stream.remoteAddress === address && stream.remotePort === port) return;
  stream?.destroy();
}
