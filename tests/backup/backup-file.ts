import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { createManifest, type Manifest, type Part } from "../../backup/manifest.js";

/** A part with this text, of one row. */
export function partOf(store: string, text: string, change: Partial<Part> = {}): Part {
  return {
    store,
    kind: "mysql",
    file: `${store.replace("/", "-")}.sql`,
    tool: "mariadb-dump",
    server: "10.11.6-MariaDB",
    bytes: Buffer.byteLength(text),
    sha256: createHash("sha256").update(text).digest("hex"),
    counts: { "blog.posts": 1 },
    expiring: {},
    ...change,
  };
}

export const manifestOf = (...parts: Part[]): Manifest =>
  createManifest("0.1.0", new Date("2026-11-21T20:45:00Z"), parts);

/** Entries of an archive, in order: a name or a whole header, and the text. */
export type Entries = [header: string | (Partial<Header> & Pick<Header, "name">), text: string][];

/** Writes an archive as anybody could. */
export async function writeArchive(file: string, entries: Entries): Promise<void> {
  const archive = pack();
  for (const [header, text] of entries)
    archive.entry(typeof header === "string" ? { name: header } : header, text);
  archive.finalize();
  writeFileSync(file, gzipSync(await buffer(archive)));
}
