import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * What differs whenever one of the files does, by its content or its path.
 *
 * @param folder that the paths are relative to, so that another checkout has the same fingerprint
 * @param parts files and folders, the packages that npm installs in them left out
 * @param leftOut names of other files and folders to leave out
 * @param also what besides them makes a difference
 * @returns 16 hexadecimal digits
 */
export function fingerprintOf(
  folder: string,
  parts: readonly string[],
  { leftOut = [], also = "" }: { leftOut?: readonly string[]; also?: string } = {},
): string {
  const hash = createHash("sha256").update(also);
  const except = new Set(["node_modules", ...leftOut]);
  for (const part of parts)
    for (const file of filesBelow(folder, part, except))
      hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
  return hash.digest("hex").slice(0, 16);
}

function* filesBelow(folder: string, part: string, except: ReadonlySet<string>): Generator<string> {
  const path = join(folder, part);
  if (!statSync(path).isDirectory()) {
    yield part;
    return;
  }
  for (const entry of readdirSync(path).sort())
    if (!except.has(entry)) yield* filesBelow(folder, join(part, entry), except);
}
