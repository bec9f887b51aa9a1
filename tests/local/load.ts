import { Agent } from "node:http";
import type { Answer } from "./platform.js";

export interface LoadResult {
  sent: number;
  failures: string[];
  answers: Answer[];
}

/**
 * Sends requests one after the other at a steady pace over connections that are kept, whatever comes back.
 *
 * @param send makes the next request; a status of 400 or more counts as a failure, as does none.
 * @returns what stops it, waits for what is under way, and tells what came of all of it.
 */
export function startLoad(
  send: (count: number, agent: Agent) => Promise<Answer>,
  requestsPerSecond = 50,
): () => Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const underWay = new Set<Promise<void>>();
  const failures: string[] = [];
  const answers: Answer[] = [];
  let sent = 0;

  const timer = setInterval(() => {
    const count = sent++;
    const one = send(count, agent)
      .then((answer) => {
        answers.push(answer);
        if (answer.status >= 400) failures.push(`request ${count}: ${answer.status} ${answer.body}`);
      })
      .catch((error: unknown) => failures.push(`request ${count}: ${String(error)}`))
      .then(() => void underWay.delete(one));
    underWay.add(one);
  }, 1000 / requestsPerSecond);

  return async () => {
    clearInterval(timer);
    await Promise.all(underWay);
    agent.destroy();
    return { sent, failures, answers };
  };
}
