import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../shell/paths.js";
import { run } from "../shell/programs.js";
import { writeContainersConfiguration } from "./debian.js";
import type { BuiltImage } from "./images.js";

/** What lies under .local/images of one image. */
interface Archive {
  tag: string;
  files: string[];
  digest: string;
}

interface StoredImage {
  id: string;
  names: string[] | null;
  /** In seconds since 1970. */
  created: number;
}

// Stages that images are built from have no names; those of a build that nobody repeats are of no use for long.
const stageDays = 7;

/**
 * Removes the images that neither this build nor the deployed stack refers to.
 *
 * @param readState gives the stack's state as text, in which the deployed images stand by their digests.
 */
export async function removeUnusedImages(
  built: Pick<BuiltImage, "tag">[],
  readState: () => Promise<string>,
): Promise<void> {
  const current = new Set(built.map(({ tag }) => tag));
  const all = archives();
  const kept = new Set(all.filter(({ tag }) => current.has(tag)).map(({ digest }) => digest));
  // The same image under an older name is of no use either, whether it is deployed or not.
  const isCopy = ({ digest }: Archive) => digest === "" || kept.has(digest);
  const others = all.filter(({ tag }) => !current.has(tag));
  const state = others.every(isCopy) ? "" : await readState();
  const unused = others.filter((archive) => isCopy(archive) || !state.includes(archive.digest));
  if (unused.length === 0) return;
  const env = await writeContainersConfiguration();
  const buildah = (...args: string[]) => run("buildah", args, { env, log: "images", fromDebian: true });
  const stored = JSON.parse(await buildah("images", "--all", "--json")) as StoredImage[] | null;
  const names = new Set(stored?.flatMap((image) => image.names ?? []));
  for (const { tag, files } of unused) {
    if (names.has(tag)) await buildah("rmi", tag);
    for (const file of files) await rm(file);
  }
  const old = Date.now() / 1000 - stageDays * 24 * 60 * 60;
  const stages = stored?.filter((image) => (image.names ?? []).length === 0 && image.created < old) ?? [];
  // An image that others stand on stays, whatever its age; with those it goes another time.
  for (const { id } of stages) await run("buildah", ["rmi", id], { env, reject: false, fromDebian: true });
}

/** The digest is written last, so what has one is whole. An image that is only built from has an empty one. */
function archives(): Archive[] {
  if (!existsSync(paths.images)) return [];
  return readdirSync(paths.images).flatMap((file) => {
    const [, name, fingerprint] = /^(.+)-([0-9a-f]{16})\.tar\.digest$/.exec(file) ?? [];
    if (name === undefined || fingerprint === undefined) return [];
    const digest = join(paths.images, file);
    const archive = digest.replace(/\.digest$/, "");
    return {
      tag: `slipway.local/${name}:${fingerprint}`,
      // The digest first: what is cut short is then built again rather than taken for whole.
      files: [digest, ...(existsSync(archive) ? [archive] : [])],
      digest: readFileSync(digest, "utf8").trim(),
    };
  });
}
