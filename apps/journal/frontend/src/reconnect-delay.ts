const LONGEST_MS = 500;

/** Doubles from 50 ms up to half a second, spread so that all clients of a Redis do not return at once. */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(LONGEST_MS, 25 * 2 ** Math.min(attempt, 10));
  return Math.round(delay * (0.5 + random() / 2));
}
