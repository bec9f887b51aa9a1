import type { IncomingMessage, ServerResponse } from "node:http";

const RETRY_AFTER_SEC = 5;

/**
 * Answers a request for a connection that this server cannot take just now, which another one may. Engine.IO would
 * answer 403 or 400, as if the client were wrong, and adds nothing to what has been answered.
 */
export function answerUnavailable(request: IncomingMessage, code: string): void {
  const body = JSON.stringify({ code, message: `try again in ${RETRY_AFTER_SEC} s` });
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "retry-after": String(RETRY_AFTER_SEC),
    connection: "close",
  };
  // Engine.IO hangs the response on the request; one to upgrade has none.
  const { res } = request as IncomingMessage & { res?: ServerResponse };
  if (res && request.headers.upgrade === undefined) {
    res.writeHead(503, headers).end(body);
    return;
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  request.socket.end(`HTTP/1.1 503 Service Unavailable\r\n${lines.join("")}\r\n${body}`);
}
