import type { Answer, RequestName, Requests } from "../../server/src/events.js";
import type { ChatSocket } from "./chat-client.js";

const AWAY = { ok: false, error: { code: "unavailable", message: "the server did not answer" } } as const;

/**
 * Sends a request and gives its answer, which is that nobody answered when none comes in time.
 *
 * @param onValue is called before any event that came after the answer, unlike what awaits the answer: of several
 * packets at once all are given out before that goes on.
 */
export function ask<Name extends RequestName>(
  socket: ChatSocket,
  timeoutMs: number,
  name: Name,
  request: Requests[Name][0],
  onValue?: (value: Requests[Name][1]) => void,
): Promise<Answer<Requests[Name][1]>> {
  if (!socket.connected) return Promise.resolve(AWAY);
  const asking = socket.timeout(timeoutMs) as unknown as {
    emit(
      name: Name,
      request: Requests[Name][0],
      acknowledge: (error: Error | null, answer: Answer<Requests[Name][1]>) => void,
    ): void;
  };
  return new Promise((resolve) => {
    asking.emit(name, request, (error, answer) => {
      if (error === null && answer.ok) onValue?.(answer.value);
      resolve(error === null ? answer : AWAY);
    });
  });
}
