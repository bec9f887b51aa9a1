/** The middle one of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

/** The value below which that share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** Runs every contender once a round, so that what the machine does besides hits all of them alike. */
export async function alternate<T>(
  rounds: number,
  contenders: Readonly<Record<string, () => Promise<T>>>,
): Promise<Record<string, T[]>> {
  const results: Record<string, T[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, measure] of Object.entries(contenders)) {
      process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
      results[name]?.push(await measure());
    }
  }
  return results;
}

/** Prints rows below a head, as Markdown, ready for the README. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [head, head.map(() => "---"), ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (cell === "---" ? "-".repeat(widths[i] ?? 3) : cell.padEnd(widths[i] ?? 0))).join(" | ")} |\n`;
  process.stdout.write(`\n${cells.map(line).join("")}\n`);
}

/** A promise with a number in it. */
export type Goal = { what: string; got: number; unit?: string } & ({ atMost: number } | { atLeast: number });

/** Prints each goal as met or missed; gives whether all are met. */
export function judge(goals: readonly Goal[]): boolean {
  for (const goal of goals) {
    const { what, got, unit = "" } = goal;
    const wanted = "atMost" in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
    const verdict = isMet(goal) ? "met   " : "MISSED";
    process.stdout.write(`${verdict} ${what}: ${round(got)}${unit}, goal ${wanted}${unit}\n`);
  }
  return goals.every(isMet);
}

const isMet = (goal: Goal) => ("atMost" in goal ? goal.got <= goal.atMost : goal.got >= goal.atLeast);

/** Three digits that count. */
export const round = (value: number) => Number(value.toPrecision(3));
