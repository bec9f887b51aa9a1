import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { type Extract, extract, pack } from "tar-stream";
import { UserError } from "../shell/errors.js";
import { type Manifest, type Part, parseManifest } from "./manifest.js";

const MANIFEST = "manifest.json";
const MANIFEST_BYTES = 1024 * 1024;

type Entry = Extract extends AsyncIterable<infer Each> ? Each : never;

/** Size and SHA-256 of a file. */
export async function fingerprint(file: string): Promise<Pick<Part, "bytes" | "sha256">> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return { bytes: (await stat(file)).size, sha256: hash.digest("hex") };
}

/** Writes all of a backup or nothing of it: the manifest, then each part from its file in `folder`. */
export async function packArchive(file: string, manifest: Manifest, folder: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  // One for all: what a killed command has left goes with the next.
  const draft = join(dirname(file), ".unfinished.tar.gz.new");
  await rm(draft, { force: true });
  try {
    const archive = pack();
    const written = pipeline(archive, createGzip(), createWriteStream(draft, { flags: "wx", mode: 0o600 }));
    await Promise.all([written, fill(archive, manifest, folder)]);
    await synchronize(draft);
    await rename(draft, file);
    await synchronize(dirname(file));
  } finally {
    await rm(draft, { force: true });
  }
}

async function fill(archive: ReturnType<typeof pack>, manifest: Manifest, folder: string): Promise<void> {
  archive.entry({ name: MANIFEST, mode: 0o600 }, JSON.stringify(manifest, undefined, 2));
  for (const { file, bytes } of manifest.parts) {
    await pipeline(
      createReadStream(join(folder, file)),
      archive.entry({ name: file, size: bytes, mode: 0o600 }),
    );
  }
  archive.finalize();
}

/** Until then the disk may have nothing of it. */
async function synchronize(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Checks the whole of a backup and unpacks its parts into `folder`, under the names that its manifest gives them.
 *
 * @throws UserError with every problem of it.
 */
export async function unpackArchive(file: string, folder: string): Promise<Manifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const entries = extract();
  // It may fail together with the loop below, which then tells why.
  const read = pipeline(createReadStream(file), createGunzip(), entries).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  try {
    const manifest = await readEntries(entries, folder);
    // The checksum of all of it comes after the last entry.
    const failure = await read;
    if (failure !== undefined) throw failure;
    return manifest;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(whyUnreadable(error), { cause: error });
  } finally {
    entries.destroy();
    await read;
  }
}

async function readEntries(entries: AsyncIterable<Entry>, folder: string): Promise<Manifest> {
  let manifest: Manifest | undefined;
  const problems: string[] = [];
  const missing = new Map<string, Part>();
  for await (const entry of entries) {
    const { name, type } = entry.header;
    if (manifest === undefined) {
      manifest = await readManifest(entry);
      for (const part of manifest.parts) missing.set(part.file, part);
      continue;
    }
    const part = type === "file" ? missing.get(name) : undefined;
    if (part === undefined) {
      problems.push(`expected nothing but the manifest's parts, each once, got ${type} "${name}"`);
      entry.resume();
      continue;
    }
    missing.delete(name);
    problems.push(...(await unpackPart(entry, part, folder)));
  }
  if (manifest === undefined) throw new UserError("expected a backup, got an archive with nothing in it");
  problems.push(...[...missing.keys()].map((name) => `${name}: expected it in the archive, got nothing`));
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  return manifest;
}

async function readManifest(entry: Entry): Promise<Manifest> {
  const { name, type, size } = entry.header;
  if (name !== MANIFEST || type !== "file" || size > MANIFEST_BYTES)
    throw new UserError(`expected a backup, which begins with ${MANIFEST}, got ${type} "${name}" first`);
  return parseManifest((await buffer(entry)).toString("utf8"));
}

async function unpackPart(entry: Entry, part: Part, folder: string): Promise<string[]> {
  const { file, bytes, sha256 } = part;
  const { size } = entry.header;
  if (size !== bytes) {
    entry.resume();
    return [`${file}: expected ${bytes} bytes, got ${size}`];
  }
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(
    entry as unknown as Readable,
    hashing,
    createWriteStream(join(folder, file), { mode: 0o600 }),
  );
  const found = hash.digest("hex");
  return found === sha256 ? [] : [`${file}: expected SHA-256 ${sha256}, got ${found}`];
}

/** In the words of whoever looks for a good file. */
function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "Z_BUF_ERROR" || /unexpected end/i.test(message))
    return "the file ends too early: part of it is missing";
  if (code?.startsWith("Z_") === true) return `the file is damaged, or no .tar.gz at all: ${message}`;
  return `the archive is damaged: ${message}`;
}
