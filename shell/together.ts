import { AsyncLocalStorage } from "node:async_hooks";

const scope = new AsyncLocalStorage<AbortSignal>();

/** Fires when work beside the caller's failed, so that what the caller does is in vain. */
export const failureBeside = () => scope.getStore();

/**
 * Makes works into ones that end together: when one fails, the programs of the others are told to end, and the failure
 * comes out only when all have ended. So nothing is at work any more when the caller hears of it.
 */
export function joined<A extends unknown[], T>(
  works: ((...args: A) => Promise<T> | T)[],
): ((...args: A) => Promise<T>)[] {
  const stop = new AbortController();
  const outer = scope.getStore();
  const either = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal]);
  const started: Promise<T>[] = [];
  return works.map((work) => async (...args) => {
    const running = scope.run(either, async () => {
      either.throwIfAborted();
      return await work(...args);
    });
    started.push(running);
    try {
      return await running;
    } catch (error) {
      stop.abort(error); // Only the first counts: those of the others follow from it.
      await Promise.allSettled(started);
      throw stop.signal.reason;
    }
  });
}

/** Does several things at once; see {@link joined} for when one fails. */
export function together<T>(works: (() => Promise<T>)[]): Promise<T[]> {
  return Promise.all(joined(works).map((work) => work()));
}
