import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "./errors.js";
import { stopIfInterrupted } from "./programs.js";

interface WaitOptions {
  intervalMs: number;
  /** How often to look again. */
  retries: number;
  /** What is told when it never came true. */
  problem: string;
}

/**
 * Looks again and again until the condition holds.
 *
 * @throws UserError with the problem, or at once after Ctrl-C
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { intervalMs, retries, problem }: WaitOptions,
): Promise<void> {
  for (let retried = 0; !(await condition()); retried++) {
    stopIfInterrupted();
    if (retried === retries) throw new UserError(problem);
    await sleep(intervalMs);
  }
}
