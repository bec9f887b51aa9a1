import { BlockList } from "node:net";

/** The pairs of ranges that have addresses in common, by their names. */
export function overlaps(ranges: Readonly<Record<string, string>>): [string, string][] {
  const entries = Object.entries(ranges);
  return entries.flatMap(([name, range], i) =>
    entries
      .slice(i + 1)
      .filter(([, other]) => startsIn(range, other) || startsIn(other, range))
      .map(([otherName]): [string, string] => [name, otherName]),
  );
}

/** Whether the first address of one is in the other; of two ranges with a common address, one is inside the other. */
function startsIn(inner: string, outer: string): boolean {
  const [first = ""] = inner.split("/");
  const [network = "", length = ""] = outer.split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(length));
  return list.check(first);
}
