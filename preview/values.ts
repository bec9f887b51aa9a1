const longest = 80;

/** In Pulumi's wire format this key marks what is not a plain value: secrets among others. */
const mark = "4dabf18193072939515e22adb298388d";

/** In place of a value that is known only when what it comes from has been made. */
const unknowns = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

const secretTypes = /^(kubernetes:core\/v1:Secret|random:index\/random(Password|Bytes))$/;
const secretNames = /passw|secret(?!s?Ref|Name)|token|credential|private_?key|kubeconfig/i;

/** The keys and indexes of a property path such as `spec.containers[0].image` or `data["a.b"]`. */
function segmentsOf(path: string): string[] {
  return [...path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g)].map(
    ([, index, quoted, name]) => index ?? quoted?.replace(/\\(.)/g, "$1") ?? name ?? "",
  );
}

/** What stands at a path of a resource's properties, if anything does. */
export function valueAt(properties: unknown, path: string): unknown {
  let value = properties;
  for (const segment of segmentsOf(path)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}

/**
 * A value for people, short and never a secret: what the engine marks, and besides everything that by its type or its
 * name could be one.
 */
export function shown(type: string, path: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (secretTypes.test(type) || segmentsOf(path).some((segment) => secretNames.test(segment))) {
    return "(not shown)";
  }
  if (typeof value === "object") return containsMark(value) ? "(not shown)" : "(…)";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.includes("[secret]")) return "(not shown)";
  if (unknowns.has(text)) return "(known later)";
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function containsMark(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return mark in value || Object.values(value).some(containsMark);
}
