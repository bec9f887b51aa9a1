import { Agent } from "node:http";
import type { Answer } from "./platform.js";

export interface Failure {
  /** Which request it was, counted from 0. */
  request: number;
  what: string;
}

/** Requests that go on until they are stopped. */
export interface Load {
  /** Waits for what is under way, and tells what came of all of it. */
  stop: () => Promise<LoadResult>;
  /** How many there have been so far. */
  sent: () => number;
  /** How many of them failed so far. */
  failed: () => number;
}

export interface LoadResult {
  sent: number;
  failures: Failure[];
  answers: Answer[];
}

/**
 * Sends requests one after the other at a steady pace over connections that are kept, whatever comes back.
 *
 * @param send makes the next request.
 * @param isFailure what of an answer counts as a failure, as does none.
 */
export function startLoad(
  send: (count: number, agent: Agent) => Promise<Answer>,
  requestsPerSecond = 50,
  isFailure = ({ status }: Answer) => status >= 400,
): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const underWay = new Set<Promise<void>>();
  const failures: Failure[] = [];
  const answers: Answer[] = [];
  let sent = 0;

  const timer = setInterval(() => {
    const count = sent++;
    const one = send(count, agent)
      .then((answer) => {
        answers.push(answer);
        if (isFailure(answer)) failures.push({ request: count, what: `${answer.status} ${answer.body}` });
      })
      .catch((error: unknown) => failures.push({ request: count, what: String(error) }))
      .then(() => void underWay.delete(one));
    underWay.add(one);
  }, 1000 / requestsPerSecond);

  return {
    sent: () => sent,
    failed: () => failures.length,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
      return { sent, failures, answers };
    },
  };
}

/** A few of them in words. */
export const told = (failures: readonly Failure[]) =>
  failures.slice(0, 3).map(({ request, what }) => `request ${request}: ${what}`);
