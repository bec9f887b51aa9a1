import { randomUUID } from "node:crypto";
import type { Server as HttpServer } from "node:http";
import type { FastifyBaseLogger } from "fastify";
import type { Registry } from "prom-client";
import { Server, type ServerOptions } from "socket.io";
import { type ChatContext, channelOf, type ChatServer, type ChatSocket, roomOf } from "./chat-context.js";
import { introduce, serve } from "./connection.js";
import { Door } from "./door.js";
import type { MessageStore } from "./message-store.js";
import { type ChatMetrics, createMetrics } from "./metrics.js";
import { PresenceBook } from "./presence.js";
import { answerUnavailable } from "./refusal.js";
import { RoomFeed } from "./room-feed.js";
import { RoomWriter } from "./room-writer.js";
import { ServerLink } from "./server-link.js";
import { cutSlowReaders } from "./slow-readers.js";

export interface ChatDependencies {
  readonly store: MessageStore;
  readonly log: FastifyBaseLogger;
  readonly registry: Registry;

  /** @default Socket.io's own, of a server without others */
  readonly adapter?: ServerOptions["adapter"];

  /**
   * Whether the other servers can be reached.
   *
   * @default always
   */
  readonly isLinkUp?: () => boolean;
}

export interface ChatOptions {
  /** Pages that may use this chat. */
  readonly origins: readonly string[];
  /** @default 10 */
  readonly requestsPerSec?: number;
  /** @default 10000 */
  readonly maxConnections?: number;
  /** @default 250 */
  readonly presenceMs?: number;
  /** How often the store is asked what the other servers did not tell. @default 1000 */
  readonly checkMs?: number;
  /** @default 5000 */
  readonly heartbeatMs?: number;
}

export interface Chat {
  readonly io: ChatServer;
  readonly door: Door;
  /** Resolves when no message is being stored any more. */
  idle(): Promise<void>;
  /** Reads at once what the other servers could not tell, such as after Redis was away. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Longer than the longest text in four-byte characters, in JSON, with its room and key. */
const MAX_PACKET_BYTES = 16 * 1024;

/** Builds the chat on an HTTP server that somebody else lets listen. */
export function createChat(
  httpServer: HttpServer,
  { store, log, registry, adapter, isLinkUp = () => true }: ChatDependencies,
  options: ChatOptions,
): Chat {
  const { origins, requestsPerSec = 10, maxConnections = 10_000 } = options;
  const name = randomUUID();
  const connections = () => io.engine.clientsCount;
  const metrics = createMetrics(registry, connections);
  const door = new Door({ origins, maxConnections, connections });
  const io = createServer(httpServer, door, metrics, origins, adapter);
  const link = new ServerLink(io, isLinkUp);
  const feed = createFeed();
  const writer = new RoomWriter(store, (room) => feed.headOf(room));
  const presence = new PresenceBook({ server: name });
  const context: ChatContext = { store, feed, writer, presence, link, metrics, log, requestsPerSec };

  io.use(introduce);
  io.on("connection", (socket: ChatSocket) => {
    serve(context, socket);
  });
  io.of("/").adapter.on("delete-room", (channel: string) => {
    const room = roomOf(channel);
    if (room !== undefined) feed.close(room);
  });
  listenToOthers();
  const timers = startRounds();

  return { io, door, idle: () => writer.idle(), check: () => feed.check(), close };

  function createFeed(): RoomFeed {
    return new RoomFeed({
      store,
      deliver(message) {
        metrics.delivered.inc();
        io.local.to(channelOf(message.room)).emit("message", message);
      },
      onCaughtUp: (messages) => {
        metrics.caughtUp.inc(messages);
      },
      onError: (error) => {
        log.warn({ reason: error instanceof Error ? error.message : error }, "cannot read what was missed");
      },
    });
  }

  function listenToOthers(): void {
    link.listen({
      stored: (message) => {
        feed.offer(message);
      },
      presence: (report) => {
        if (report.server !== name) presence.receive(report);
      },
      hello: (server) => {
        if (server !== name) link.send("presence", presence.wholeReport());
      },
    });
    link.send("hello", name);
  }

  function startRounds(): NodeJS.Timeout[] {
    const { presenceMs = 250, checkMs = 1000, heartbeatMs = 5000 } = options;
    let checking = false;
    return [
      setInterval(tellPresence, presenceMs),
      setInterval(() => {
        cutSlowReaders(io, metrics, log);
        if (checking) return;
        checking = true;
        void feed.check().finally(() => (checking = false));
      }, checkMs),
      setInterval(() => {
        link.send("presence", presence.wholeReport());
      }, heartbeatMs),
    ].map((timer) => timer.unref());
  }

  function tellPresence(): void {
    const report = presence.takeReport();
    if (report) link.send("presence", report);
    presence.expire();
    for (const room of presence.takeChanged()) {
      io.local.to(channelOf(room)).emit("presence", presence.of(room));
    }
  }

  async function close(): Promise<void> {
    timers.forEach(clearInterval);
    link.send("presence", presence.farewell());
    await io.close();
    feed.closeAll();
  }
}

function createServer(
  httpServer: HttpServer,
  door: Door,
  metrics: ChatMetrics,
  origins: readonly string[],
  adapter: ServerOptions["adapter"] | undefined,
): ChatServer {
  return new Server(httpServer, {
    ...(adapter ? { adapter } : {}),
    serveClient: false,
    transports: ["websocket", "polling"],
    // The page is on another host, and a load balancer's cookie keeps a polling client on one server.
    cors: { origin: [...origins], credentials: true },
    maxHttpBufferSize: MAX_PACKET_BYTES,
    connectTimeout: 10_000,
    // A client that vanished, or whose server did, is noticed within 18 seconds.
    pingInterval: 10_000,
    pingTimeout: 8000,
    allowRequest(request, decide) {
      const reason = door.refuses(request);
      if (reason) metrics.refused.inc({ reason });
      if (reason === "full" || reason === "leaving") answerUnavailable(request, reason);
      decide(reason ?? null, reason === undefined);
    },
  });
}
