import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface ChatMetrics {
  readonly requests: Counter<"event" | "result">;
  readonly delivered: Counter;
  readonly caughtUp: Counter;
  readonly cut: Counter<"reason">;
  readonly refused: Counter<"reason">;
  readonly append: Histogram;
}

const BUCKETS_SEC = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Prometheus' view of the chat; no label is ever something that a client sent. */
export function createMetrics(registry: Registry, connections: () => number): ChatMetrics {
  const registers = [registry];
  new Gauge({
    name: "chat_connections",
    help: "Open connections",
    registers,
    collect() {
      this.set(connections());
    },
  });
  return {
    requests: new Counter({
      name: "chat_requests_total",
      help: "Requests by event and result: ok, or the code of the problem",
      labelNames: ["event", "result"],
      registers,
    }),
    delivered: new Counter({
      name: "chat_messages_delivered_total",
      help: "Messages let out to the clients of this server, each counted once however many there are, even none",
      registers,
    }),
    caughtUp: new Counter({
      name: "chat_messages_caught_up_total",
      help: "Messages that came from the store: not told in time, or stored while this server had the room closed",
      registers,
    }),
    cut: new Counter({
      name: "chat_connections_cut_total",
      help: "Connections that this server ended, by reason",
      labelNames: ["reason"],
      registers,
    }),
    refused: new Counter({
      name: "chat_connections_refused_total",
      help: "Connections that were not let in, by reason",
      labelNames: ["reason"],
      registers,
    }),
    append: new Histogram({
      name: "chat_store_append_duration_seconds",
      help: "Time from the arrival of a message to its place in the store",
      buckets: BUCKETS_SEC,
      registers,
    }),
  };
}
