/** What became of what a crowd said since the last report. */
export interface CrowdReport {
  guests: number;
  written: number;
  /** Written, and never acknowledged. */
  unacknowledged: number;
  /** Messages times guests that should have seen them, and have. */
  delivered: number;
  missing: number;
  /** Shown more than once. */
  duplicates: number;
  /** Shown after a later message of the same writer, or at another place than to the others. */
  disordered: number;
  /** Taken back or moved after they had been shown. */
  changed: number;
  /** Times that a guest's connection broke. */
  breaks: number;
  /** Guests that are not connected. */
  away: number;
  /** The most that were away at once. */
  mostAway: number;
  /** From losing a connection until the next one. */
  gapsMs: number[];
  /** From the next connection until all is shown that others had been shown before it. */
  replaysMs: number[];
}

/** The values below which half of them and 99 % of them are, and the largest. */
export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return sorted.length === 0 ? "none" : `p50 ${at(0.5)} p99 ${at(0.99)} max ${at(1)} ms`;
}

/** One line with its numbers. */
export function describeReport(report: CrowdReport): string {
  const { guests, written, delivered, missing, duplicates, disordered, breaks, mostAway } = report;
  return (
    `${guests} guests, ${written} messages acknowledged, ${delivered} deliveries, ${missing} missing, ` +
    `${duplicates} duplicates, ${disordered} out of order; ${breaks} connections broke, ` +
    `at most ${mostAway} away at once, gap ${spread(report.gapsMs)}, replay ${spread(report.replaysMs)}`
  );
}
