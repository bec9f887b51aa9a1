import { z } from "zod";
import { UserError } from "../shell/errors.js";

/** Raised whenever an older program could not read what a newer one writes. */
export const FORMAT_VERSION = 1;

const FORMAT = "slipway-backup";

const counts = z.record(z.string(), z.int().nonnegative());

/** How many rows, documents or keys there are, by the table, the collection or the Redis database. */
export type Counts = z.infer<typeof counts>;

export const storeKinds = ["mysql", "mongodb", "redis"] as const;
export type StoreKind = (typeof storeKinds)[number];

const partSchema = z.strictObject({
  /** Namespace and StatefulSet, such as "prisma/mysql". */
  store: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  kind: z.enum(storeKinds),
  /** Name within the archive; never a path. */
  file: z.string().regex(/^[a-z0-9-]+\.(sql|jsonl)$/),
  /** What made it. */
  tool: z.string(),
  /** Version of the server that it was read from. */
  server: z.string().regex(/^\d+\.\d+/),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  counts,
  /** Of those, how many expire by themselves. */
  expiring: counts,
});

/** One store in a backup. */
export type Part = z.infer<typeof partSchema>;

const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  formatVersion: z.literal(FORMAT_VERSION),
  createdAt: z.iso.datetime(),
  /** Version of slipway. */
  program: z.string(),
  stack: z.literal("local"),
  parts: z
    .array(partSchema)
    .min(1)
    .refine((parts) => isUnique(parts.map(({ store }) => store)), "expected each store once")
    .refine((parts) => isUnique(parts.map(({ file }) => file)), "expected each file once"),
});

/** What a backup says of itself. */
export type Manifest = z.infer<typeof manifestSchema>;

const isUnique = (names: string[]) => new Set(names).size === names.length;

export function createManifest(program: string, createdAt: Date, parts: Part[]): Manifest {
  return {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    createdAt: createdAt.toISOString(),
    program,
    stack: "local",
    parts,
  };
}

/** @throws UserError with every problem. */
export function parseManifest(text: string): Manifest {
  const document = parseJson(text);
  const { format, formatVersion, program } = z
    .looseObject({ format: z.unknown(), formatVersion: z.unknown(), program: z.unknown() })
    .catch({ format: undefined, formatVersion: undefined, program: undefined })
    .parse(document);
  if (format !== FORMAT)
    throw new UserError(`manifest.json: expected a backup of slipway, got something else`);
  if (typeof formatVersion === "number" && formatVersion > FORMAT_VERSION)
    throw new UserError(
      `manifest.json: expected format ${FORMAT_VERSION} at most, got ${formatVersion}, ` +
        `which slipway ${String(program)} has written; restore it with that version`,
    );
  const { success, data, error } = manifestSchema.safeParse(document);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `manifest.json: ${path.join(".")}: ${message}`);
  throw new UserError(problems.join("\n"));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError("manifest.json: expected JSON, got something else");
  }
}

const words: Record<StoreKind, [group: string | undefined, one: string]> = {
  mysql: ["table", "row"],
  mongodb: ["collection", "document"],
  redis: [undefined, "key"],
};

/** The counts for people, such as "3 tables, 120 rows". */
export function describeCounts(kind: StoreKind, all: Counts): string {
  const [group, one] = words[kind];
  const total = Object.values(all).reduce((sum, count) => sum + count, 0);
  const groups = group === undefined ? [] : [plural(Object.keys(all).length, group)];
  return [...groups, plural(total, one)].join(", ");
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** What is there after a restore and should not be, or the other way round; what expires by itself may be gone. */
export function differences({ store, counts: expected, expiring }: Part, found: Counts): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return names.flatMap((name) => {
    const [most, there] = [expected[name] ?? 0, found[name] ?? 0];
    const least = most - (expiring[name] ?? 0);
    const allGone = most > 0 && least === 0 && !(name in found);
    if ((allGone || name in expected === name in found) && there >= least && there <= most) return [];
    const range = least === most ? String(most) : `${least} to ${most}`;
    return [
      `${store}: ${name}: expected ${name in expected ? range : "nothing"}, got ${name in found ? there : "nothing"}`,
    ];
  });
}
