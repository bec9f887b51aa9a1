import swagger from "@fastify/swagger";
import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from "fastify";
import { Registry } from "prom-client";
import { Drain } from "./drain.js";
import { registerEntryRoutes } from "./entry-routes.js";
import type { EntryStore } from "./entry-store.js";
import { handleError, handleFrameworkError, handleNotFound } from "./errors.js";
import { registerMetrics } from "./metrics.js";
import { BODY_LIMIT } from "./schemas.js";

export interface AppDependencies {
  readonly entries: EntryStore;
  /** Entries per page. */
  readonly pageSize: number;
  /** Says when the process is on its way out. */
  readonly drain?: Drain;
  readonly metrics?: Registry;
}

const SERVER_DEFAULTS: FastifyServerOptions = {
  bodyLimit: BODY_LIMIT,
  requestTimeout: 30_000,
  // Longer than any load balancer in front keeps an idle connection (Google's: 600 s), so that it closes first and
  // never sends a request into a connection that is just being closed here.
  keepAliveTimeout: 620_000,
  forceCloseConnections: "idle",
  return503OnClosing: false,
  // A line for each request would cost more than the request; failures are logged where they are handled.
  logController: new LogController({ disableRequestLogging: true }),
  ajv: { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false } },
  frameworkErrors: (error, _request, reply) => void handleFrameworkError(error, reply),
};

/** Builds the HTTP service without listening, so that a test can inject requests. */
export function createApp(
  dependencies: AppDependencies,
  options: FastifyServerOptions = {},
): FastifyInstance {
  const { entries, pageSize, drain = new Drain(), metrics = new Registry() } = dependencies;
  const app = Fastify({ ...SERVER_DEFAULTS, ...options });

  app.setErrorHandler(handleError);
  app.setNotFoundHandler(handleNotFound);
  app.removeContentTypeParser("text/plain");
  // Said with the answer rather than on arrival: a request that came just before would keep its connection open.
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (drain.active) {
      reply.header("connection", "close");
    }
    done();
  });

  registerProbes(app, entries, drain);
  registerMetrics(app, metrics);
  void app.register(registerApi, { prefix: "/api" });
  return app;

  async function registerApi(api: FastifyInstance) {
    await api.register(swagger, {
      openapi: {
        openapi: "3.1.0",
        info: { title: "Journal", description: "Entries of a journal", version: "1.0.0" },
      },
    });
    api.get("/openapi.json", { schema: { hide: true } }, () => api.swagger());
    registerEntryRoutes(api, entries, pageSize);
  }
}

function registerProbes(app: FastifyInstance, entries: EntryStore, drain: Drain): void {
  app.get("/livez", () => ({ status: "ok" }));

  // Once Redis has answered, its absence does not make a pod unready: all pods would leave the Service at the same
  // moment, and the page would get a bare error of the load balancer instead of our 503 with its Retry-After. Before
  // that it does, so that a rollout with a wrong address or password stops at its first pod.
  app.get("/readyz", (_request, reply) => {
    const status = drain.active ? "draining" : entries.ready ? "ok" : "waiting for Redis";
    return reply.code(status === "ok" ? 200 : 503).send({ status });
  });
}
