/** A range of IPv4 addresses, such as "10.0.0.0/20", as its first and its last address. */
function bounds(range: string): [first: number, last: number] {
  const [address = "", length = "32"] = range.split("/");
  const first = address.split(".").reduce((number, byte) => number * 256 + Number(byte), 0);
  return [first, first + 2 ** (32 - Number(length)) - 1];
}

export function overlap(one: string, other: string): boolean {
  const [[first, last], [otherFirst, otherLast]] = [bounds(one), bounds(other)];
  return first <= otherLast && otherFirst <= last;
}

export function contains(outer: string, inner: string): boolean {
  const [[first, last], [innerFirst, innerLast]] = [bounds(outer), bounds(inner)];
  return first <= innerFirst && innerLast <= last;
}

/** An address of a range, by its place: the same text has the same one. */
export function addressIn(range: string, place: number): string {
  const [first, last] = bounds(range);
  const address = first + 2 + (place % Math.max(1, last - first - 3));
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}

/** The addresses at the edges of a network that clouds keep for themselves make a smaller one useless. */
export const isRange = /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;
