import { createHash } from "node:crypto";
import { type ChatContext, type ChatSocket, roomsOf } from "./chat-context.js";
import type { Answer, Problem, RequestName } from "./events.js";
import { createHandlers, RequestError } from "./handlers.js";
import { StoreUnavailableError } from "./message-store.js";
import { introductionSchema, invalid, requestSchemas } from "./requests.js";
import { TokenBucket } from "./token-bucket.js";

/** A burst is what a page does when it connects: joining its rooms and sending what has waited. */
const BURST_SEC = 4;
/** Refused requests a second, and at once, after which a client is mad or malicious. */
const REFUSED_PER_SEC = 2;
const MOST_REFUSED = 100;
const RETRY_AFTER_MS = 1000;

/** Lets a connection in that says who it is; another one is told what is wrong with its `auth`. */
export function introduce(socket: ChatSocket, next: (error?: Error) => void): void {
  const introduction = introductionSchema.safeParse(socket.handshake.auth);
  if (!introduction.success) {
    const problem = invalid(introduction.error);
    next(Object.assign(new Error(problem.message), { data: problem }));
    return;
  }
  const { secret, nickname } = introduction.data;
  const id = createHash("sha256").update(secret).digest("hex").slice(0, 16);
  socket.data.person = { id, nickname };
  next();
}

/** Answers every request of a connection, and ends it when nearly everything it sends has to be refused. */
export function serve(context: ChatContext, socket: ChatSocket): void {
  const { metrics, log, presence, requestsPerSec } = context;
  const handlers = createHandlers(context, socket);
  const allowed = new TokenBucket(requestsPerSec, requestsPerSec * BURST_SEC);
  const refusals = new TokenBucket(REFUSED_PER_SEC, MOST_REFUSED);

  socket.onAny((event: string, ...args: unknown[]) => {
    const wait = allowed.take();
    const acknowledge = args.at(-1);
    if (typeof acknowledge !== "function") {
      refuse(event, "invalid");
      return;
    }
    void answer(event, args.length > 1 ? args[0] : undefined, wait).then((result) => {
      if (!result.ok) refuse(event, result.error.code);
      else metrics.requests.inc({ event, result: "ok" });
      (acknowledge as (answer: Answer<unknown>) => void)(result);
    });
  });

  socket.on("disconnecting", () => {
    for (const room of roomsOf(socket)) presence.leave(room, socket.data.person);
  });

  async function answer(event: string, payload: unknown, wait: number): Promise<Answer<unknown>> {
    if (wait > 0) {
      const message = `at most ${requestsPerSec} requests a second`;
      return refusal({ code: "rate-limited", message, retryAfterMs: wait });
    }
    if (!isRequest(event)) {
      return refusal({ code: "unknown-event", message: `expected one of ${EVENTS.join(", ")}` });
    }
    const request = requestSchemas[event].safeParse(payload);
    if (!request.success) return refusal(invalid(request.error));
    try {
      return { ok: true, value: await handlers[event](request.data as never) };
    } catch (error) {
      return refusal(problemOf(error, event));
    }
  }

  function problemOf(error: unknown, event: string): Problem {
    if (error instanceof RequestError) return error.problem;
    if (error instanceof StoreUnavailableError) {
      log.warn({ event, reason: error.message }, "the store did not answer");
      const message = "the chat cannot keep messages just now";
      return { code: "unavailable", message, retryAfterMs: RETRY_AFTER_MS };
    }
    log.error({ event, err: error }, "request failed");
    return { code: "internal", message: "something went wrong on our side" };
  }

  function refuse(event: string, code: Problem["code"]): void {
    metrics.requests.inc({ event: isRequest(event) ? event : "unknown", result: code });
    const isOurs = code === "unavailable" || code === "internal";
    if (isOurs || !socket.connected || refusals.take() === 0) return;
    log.warn({ connection: socket.id, event: event.slice(0, 32), code }, "too many wrong requests");
    metrics.cut.inc({ reason: "refused" });
    socket.disconnect(true);
  }
}

const EVENTS = Object.keys(requestSchemas);

function isRequest(event: string): event is RequestName {
  return Object.hasOwn(requestSchemas, event);
}

function refusal(error: Problem): Answer<never> {
  return { ok: false, error };
}
