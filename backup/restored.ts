export interface Restored {
  /** A row a store. */
  rows: { store: string; restored: string; seconds: string }[];
  /** Where what was there before is. */
  safety?: string;
  /** Stores of the platform of which the file has nothing. */
  left: string[];
}

/** What was restored, for people. */
export function describeRestored({ rows, safety, left }: Restored): string {
  const table = [{ store: "store", restored: "restored", seconds: "seconds" }, ...rows];
  const [store, restored] = (["store", "restored"] as const).map((key) =>
    Math.max(...table.map((row) => row[key].length)),
  );
  const lines = table.map(
    (row) => `  ${row.store.padEnd(store ?? 0)}  ${row.restored.padEnd(restored ?? 0)}  ${row.seconds}`,
  );
  const others =
    left.length === 0
      ? []
      : ["", `Of these the file has nothing, so they stay as they are: ${left.join(", ")}`];
  const before = safety === undefined ? [] : ["", `What was there before: ${safety}`];
  return ["", ...lines, ...others, ...before, "", 'Next: open an app, or see "npm run status".'].join("\n");
}
