import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from "fastify";
import { StoreUnavailableError } from "./entry-store.js";
import { PATTERNS } from "./schemas.js";

/** How long a client waits before it asks again; a Redis that was restarted is back within a few seconds. */
const RETRY_AFTER_SEC = 2;

/** A bad body can be wrong in thousands of places; the first ones tell enough. */
const MOST_DETAILS = 10;

/** Of a body that is too long, this much is taken before the answer; whoever sends more is answered meanwhile. */
const MOST_DISCARDED_BYTES = 8 * 1024 * 1024;

/** How long they may go on sending after the answer; well within what a closing process waits for its connections. */
const LINGER_MS = 5000;

const CODES: Record<number, string> = {
  400: "bad_request",
  404: "not_found",
  405: "method_not_allowed",
  413: "payload_too_large",
  414: "uri_too_long",
  415: "unsupported_media_type",
  422: "idempotency_key_reused",
  503: "unavailable",
};

interface Problem {
  readonly path: string;
  readonly message: string;
}

/** The body of every answer that is not a success. */
export function errorBody(status: number, message: string, details?: readonly Problem[]) {
  const code = CODES[status] ?? (status < 500 ? "bad_request" : "internal");
  return { error: { code, message, ...(details && { details }) } };
}

export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof StoreUnavailableError) {
    request.log.warn({ ...describeRequest(request), reason: error.message }, "store unavailable");
    return reply
      .code(503)
      .header("retry-after", RETRY_AFTER_SEC)
      .send(errorBody(503, "the journal can't be reached just now, try again in a moment"));
  }
  if (error.validation) {
    const details = error.validation.slice(0, MOST_DETAILS).map(describeProblem);
    const [first] = details;
    return reply
      .code(400)
      .send(errorBody(400, first ? `${first.path} ${first.message}` : error.message, details));
  }
  const status = error.statusCode ?? 500;
  if (status === 413) {
    afterBody(request.raw, (ended) => {
      if (!ended)
        reply.raw.once("finish", () => {
          closeInOrder(request.socket);
        });
      reply.removeHeader("connection").code(413).send(errorBody(413, error.message));
    });
    return reply;
  }
  if (status < 500) {
    return reply.code(status).send(errorBody(status, error.message));
  }
  request.log.error({ ...describeRequest(request), err: error }, "request failed");
  return reply.code(500).send(errorBody(500, "something went wrong on our side"));
}

export function handleNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(404).send(errorBody(404, `no such route: ${request.method} ${pathOf(request)}`));
}

/** Answers what never reached a route: an address that is no URL. */
export function handleFrameworkError(error: FastifyError, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 400;
  return reply.code(status).send(errorBody(status, error.message));
}

/**
 * Calls back once, when a body has been sent to its end or enough of it. An answer that comes before, with the connection
 * closed behind it, is lost on the way through a proxy that is still busy sending.
 */
function afterBody(request: IncomingMessage, callback: (ended: boolean) => void): void {
  let left = MOST_DISCARDED_BYTES;
  const count = ({ length }: Buffer) => {
    left -= length;
    if (left >= 0) return;
    request.off("data", count).resume();
    callback(false);
  };
  request.on("data", count);
  request.once("end", () => {
    if (left >= 0) callback(true);
  });
}

/** Ends our half, and for a while throws away what still comes: closed at once, the answer could be lost on its way. */
function closeInOrder(socket: Socket): void {
  socket.end();
  const patience = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => {
    clearTimeout(patience);
  });
}

function describeProblem(problem: FastifySchemaValidationError): Problem {
  const path = problem.instancePath.slice(1) || "body";
  const { params } = problem;
  switch (problem.keyword) {
    case "required":
      return { path: String(params.missingProperty), message: "is required" };
    case "additionalProperties":
      return { path: String(params.additionalProperty), message: "is not a known property" };
    case "pattern":
      return { path, message: PATTERNS[String(params.pattern)] ?? "has the wrong form" };
    default:
      return { path, message: problem.message ?? "is not valid" };
  }
}

function describeRequest(request: FastifyRequest) {
  return { method: request.method, path: pathOf(request) };
}

function pathOf({ url }: FastifyRequest): string {
  return url.split("?", 1)[0] ?? url;
}
