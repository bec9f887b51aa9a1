import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "./errors.js";
import { stopIfInterrupted } from "./programs.js";

interface Patience {
  everyMs: number;
  /** After so many looks in vain it is given up. */
  times: number;
  /** What is told then. */
  problem: string;
}

/** Looks again and again until something is so. */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  { everyMs, times, problem }: Patience,
): Promise<void> {
  for (let waited = 0; !(await isSo()); waited++) {
    stopIfInterrupted();
    if (waited === times) throw new UserError(problem);
    await sleep(everyMs);
  }
}
