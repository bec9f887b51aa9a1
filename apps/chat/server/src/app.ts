import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from "fastify";
import type { Registry } from "prom-client";
import { Drain } from "./drain.js";
import type { MessageStore } from "./message-store.js";

export interface AppDependencies {
  readonly store: Pick<MessageStore, "ready">;
  readonly registry: Registry;
  /** Says when the process is on its way out. */
  readonly drain?: Drain;
}

const SERVER_DEFAULTS: FastifyServerOptions = {
  bodyLimit: 1024,
  requestTimeout: 30_000,
  // Longer than any load balancer in front keeps an idle connection (Google's: 600 s), so that it closes first.
  keepAliveTimeout: 620_000,
  forceCloseConnections: true,
  logController: new LogController({ disableRequestLogging: true }),
};

/** Builds what is not the chat itself: the probes and the metrics. Its server is the one that the chat is put on. */
export function createApp(
  dependencies: AppDependencies,
  options: FastifyServerOptions = {},
): FastifyInstance {
  const { store, registry, drain = new Drain() } = dependencies;
  const app = Fastify({ ...SERVER_DEFAULTS, ...options });

  app.get("/livez", () => ({ status: "ok" }));

  // Once the store has answered, its absence does not make a server unready: all would leave the load balancer at the
  // same moment, and every client would lose its connection instead of waiting on it.
  app.get("/readyz", (_request, reply) => {
    const status = drain.active ? "draining" : store.ready ? "ok" : "waiting for MongoDB";
    return reply.code(status === "ok" ? 200 : 503).send({ status });
  });

  app.get("/metrics", async (_request, reply) => {
    reply.type(registry.contentType);
    return registry.metrics();
  });
  return app;
}
