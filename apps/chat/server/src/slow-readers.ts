import type { FastifyBaseLogger } from "fastify";
import type { ChatServer } from "./chat-context.js";
import type { ChatMetrics } from "./metrics.js";

/** Packets that may wait for a client to read them. */
const MOST_UNREAD = 1000;

/**
 * Ends the connections of clients that do not read what they are sent: it would pile up in this server's memory. They
 * lose nothing, since whoever connects again gets what was missed.
 */
export function cutSlowReaders(io: ChatServer, metrics: ChatMetrics, log: FastifyBaseLogger): void {
  for (const { id, conn } of io.of("/").sockets.values()) {
    const { length } = (conn as unknown as { writeBuffer: readonly unknown[] }).writeBuffer;
    if (length <= MOST_UNREAD) continue;
    log.warn({ connection: id, unread: length }, "a client does not read");
    metrics.cut.inc({ reason: "unread" });
    conn.close(true);
  }
}
