import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from "fastify";
import { Registry } from "prom-client";
import type { PrismaConfig } from "./config.js";
import type { Database } from "./database.js";
import { Drain } from "./drain.js";
import { createGraphQL } from "./graphql.js";
import { registerManagement } from "./management.js";
import { registerMetrics } from "./metrics.js";
import type { Migration } from "./migrations.js";
import { buildSchema } from "./schema/schema.js";
import { presents } from "./secret.js";

export interface AppDependencies {
  readonly config: PrismaConfig;
  readonly database: Pick<Database, "client" | "ready">;
  readonly migrations?: readonly Migration[];
  readonly introspection?: boolean;
  readonly playground?: boolean;
  /** Says when the process is on its way out. */
  readonly drain?: Drain;
  readonly metrics?: Registry;
  readonly timeoutMs?: number;
}

/** Asked by the kubelet, which has no secret and gets nothing of the data. */
const OPEN = new Set(["/livez", "/readyz"]);

const SERVER_DEFAULTS: FastifyServerOptions = {
  bodyLimit: 256 * 1024,
  requestTimeout: 30_000,
  // Longer than any load balancer in front keeps an idle connection (Google's: 600 s), so that it closes first and
  // never sends a request into a connection that is just being closed here.
  keepAliveTimeout: 620_000,
  forceCloseConnections: "idle",
  return503OnClosing: false,
  logController: new LogController({ disableRequestLogging: true }),
};

/** Builds the HTTP service without listening, so that a test can inject requests. */
export function createApp(
  dependencies: AppDependencies,
  options: FastifyServerOptions = {},
): FastifyInstance {
  const { config, database, migrations = [], introspection = false, playground = false } = dependencies;
  const { drain = new Drain(), metrics = new Registry() } = dependencies;
  const secret = config.managementApiSecret;
  const app = Fastify({ ...SERVER_DEFAULTS, ...options });

  app.setErrorHandler(handleError);
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(errorBody("NOT_FOUND", "there is nothing here")),
  );
  if (secret !== undefined) app.addHook("onRequest", askForSecret(secret, playground));
  // Said with the answer rather than on arrival: a request that came just before would keep its connection open.
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (drain.active && reply.statusCode !== 413) reply.header("connection", "close");
    done();
  });

  app.get("/livez", () => ({ status: "ok" }));
  // Once the database has answered, its absence does not make a pod unready: all pods would leave the Service at the
  // same moment. Before that it does, so that a rollout with a wrong address or password stops at its first pod.
  app.get("/readyz", (_request, reply) => {
    const status = drain.active ? "draining" : database.ready ? "ok" : "waiting for the database";
    return reply.code(status === "ok" ? 200 : 503).send({ status });
  });
  registerMetrics(app, metrics);
  registerGraphQL();
  if (secret !== undefined) {
    registerManagement(app, { db: database.client, database: config.databases.default, migrations });
  }
  return app;

  function registerGraphQL() {
    const { yoga, known } = createGraphQL(buildSchema(), {
      db: database.client,
      introspection,
      playground,
      log: app.log,
      timeoutMs: dependencies.timeoutMs,
    });
    app.route({
      url: "/",
      // Only with a page to try queries in is there anything to get.
      method: playground ? ["GET", "POST"] : ["POST"],
      handler: async (request, reply) => {
        const answer =
          request.method === "POST" ? await known.answer(request.body, request.headers.accept) : undefined;
        if (answer) return guarded(reply).type(answer.type).send(answer.body);
        const response = await yoga.handleNodeRequestAndResponse(request, reply, {});
        response.headers.forEach((value, name) => {
          void reply.header(name, value);
        });
        return guarded(reply)
          .code(response.status)
          .send(Buffer.from(await response.arrayBuffer()));
      },
    });
  }
}

/** Nobody on the way keeps an answer, or takes it for something else. */
const guarded = (reply: FastifyReply) =>
  reply.header("cache-control", "no-store").header("x-content-type-options", "nosniff");

/** The page itself holds no data: what it asks for, it asks for with the secret that its user writes into it. */
function askForSecret(secret: string, playground: boolean) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { method, headers } = request;
    const path = request.url.split("?", 1)[0] ?? "";
    const asksForPage =
      method === "GET" && request.url === "/" && (headers.accept ?? "").includes("text/html");
    // A collector asks the pod itself; whoever comes through an entry was named by its load balancer.
    const isCollector = path === "/metrics" && headers["x-forwarded-for"] === undefined;
    if (
      OPEN.has(path) ||
      isCollector ||
      (playground && asksForPage) ||
      presents(headers.authorization, secret)
    )
      return;
    await reply
      .code(401)
      .header("www-authenticate", "Bearer")
      .send(errorBody("UNAUTHENTICATED", "expected the header Authorization: Bearer <managementApiSecret>"));
  };
}

function handleError(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) {
  const status = error.statusCode ?? 500;
  // Fastify would close the connection on whoever still sends, and a proxy that does loses the answer. What comes after
  // it is thrown away, for as long as a request may take.
  if (status === 413) reply.removeHeader("connection");
  if (status < 500) return reply.code(status).send(errorBody("BAD_REQUEST", error.message));
  request.log.error({ err: error, method: request.method }, "request failed");
  return reply.code(500).send(errorBody("INTERNAL", "something went wrong on our side"));
}

/** As GraphQL's own errors look, so that its clients understand it. */
function errorBody(code: string, message: string) {
  return { errors: [{ message, extensions: { code } }] };
}
