import { isMap, reveal, type Properties } from "../../engine/random-provider/wire.js";
import type { Change } from "./protocol.js";

/**
 * Every leaf in which the inputs differ.
 *
 * @param replacesOn paths, without indexes, whose change makes a new resource
 */
export function differences(olds: Properties, news: Properties, replacesOn: readonly string[]): Change[] {
  const replaces = (path: string) => {
    const plain = path.replace(/\[\d+\]/g, "");
    // A block that comes or goes takes what is in it along.
    return replacesOn.some((on) => plain === on || plain.startsWith(`${on}.`) || on.startsWith(`${plain}.`));
  };
  return leaves("", reveal(olds), reveal(news)).map((change) => ({
    ...change,
    replaces: replaces(change.path),
  }));
}

function leaves(path: string, before: unknown, after: unknown): Omit<Change, "replaces">[] {
  if (isAbsent(before) && isAbsent(after)) return [];
  if (isAbsent(before)) return [{ path, kind: "add" }];
  if (isAbsent(after)) return [{ path, kind: "delete" }];
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
      leaves(`${path}[${index}]`, before[index], after[index]),
    ).flat();
  }
  if (isMap(before) && isMap(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      leaves(path === "" ? key : `${path}.${key}`, before[key], after[key]),
    );
  }
  return before === after ? [] : [{ path, kind: "update" }];
}

const isAbsent = (value: unknown) => value === undefined || value === null;

/** The values at a path: several where it leads through a list. What is absent has none. */
export function valuesAt(value: unknown, path: string): unknown[] {
  const [head = "", ...tail] = path === "" ? [] : path.split(".");
  if (isAbsent(value)) return [];
  if (Array.isArray(value)) return value.flatMap((entry) => valuesAt(entry, path));
  if (head === "") return [value];
  return isMap(value) ? valuesAt(value[head], tail.join(".")) : [];
}
