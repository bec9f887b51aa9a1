import { gunzipSync, gzipSync } from "node:zlib";
import { readFile } from "node:fs/promises";

/** A file of a tar archive. */
export interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  /** "0" is a file, "2" a symbolic link, "5" a folder. */
  readonly type: string;
  readonly data: Buffer;
}

export interface Layer {
  readonly compressed: number;
  readonly size: number;
  readonly entries: readonly Entry[];
}

export interface Archive {
  readonly user: string;
  readonly layers: readonly Layer[];
}

interface Descriptor {
  digest: string;
}

/** Reads an image from an OCI archive: its user and, from the bottom up, its layers. */
export async function readArchive(file: string): Promise<Archive> {
  const blobs = new Map(readTar(await readFile(file)).map(({ path, data }) => [path, data]));
  const blob = ({ digest }: Descriptor) => {
    const data = blobs.get(`blobs/${digest.replace(":", "/")}`);
    if (data === undefined) throw new Error(`${file} has no blob ${digest}`);
    return data;
  };
  const json = (data: Buffer | undefined) => JSON.parse((data ?? Buffer.from("{}")).toString()) as unknown;
  const index = json(blobs.get("index.json")) as { manifests?: Descriptor[] };
  const [first] = index.manifests ?? [];
  if (first === undefined) throw new Error(`${file} holds no image`);
  const manifest = json(blob(first)) as { config: Descriptor; layers: Descriptor[] };
  const { config } = json(blob(manifest.config)) as { config?: { User?: string } };
  return { user: config?.User ?? "", layers: manifest.layers.map((layer) => readLayer(blob(layer))) };
}

function readLayer(data: Buffer): Layer {
  const isGzip = data.readUInt16BE(0) === 0x1f8b;
  const tar = isGzip ? gunzipSync(data) : data;
  const compressed = isGzip ? data.length : gzipSync(data).length;
  return { compressed, size: tar.length, entries: readTar(tar) };
}

const blockSize = 512;

/** The members of a tar archive; long names come in a member of their own before the one that they name. */
function readTar(tar: Buffer): Entry[] {
  const entries: Entry[] = [];
  let longPath: string | undefined;
  for (let at = 0; at + blockSize <= tar.length && tar[at] !== 0;) {
    const text = (from: number, length: number) =>
      tar.toString("utf8", at + from, at + from + length).replace(/\0.*$/s, "");
    const size = parseInt(text(124, 12), 8) || 0;
    const type = text(156, 1) || "0";
    const data = tar.subarray(at + blockSize, at + blockSize + size);
    if (type === "L") longPath = data.toString().replace(/\0.*$/s, "");
    else if (type === "x") longPath = /^\d+ path=(.*)$/m.exec(data.toString())?.[1];
    else {
      const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
      const path = longPath ?? (prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`);
      entries.push({ path: path.replace(/^\.?\//, ""), mode: parseInt(text(100, 8), 8), size, type, data });
      longPath = undefined;
    }
    at += blockSize + Math.ceil(size / blockSize) * blockSize;
  }
  return entries;
}
