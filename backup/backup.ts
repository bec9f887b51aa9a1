import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UserError } from "../shell/errors.js";
import { local, repository } from "../shell/paths.js";
import { interrupt, stopIfInterrupted } from "../shell/programs.js";
import type { Tell } from "../shell/progress.js";
import { fingerprint, packArchive } from "./archive.js";
import { type RunSteps, show } from "./check.js";
import { createManifest, describeCounts, type Part } from "./manifest.js";
import { localPlatform, type Platform } from "./platform.js";
import { fileOf, type Store } from "./store.js";
import { readUnfinished } from "./unfinished.js";

/** Backups that were given no other name; ignored by git, and left alone by `npm run down -- --purge`. */
const backups = join(repository, "backups");

const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };

export interface BackupOptions {
  /**
   * File to write.
   *
   * @default backups/slipway-local-<time>.tar.gz
   */
  output?: string;
}

export interface Backup {
  file: string;
  parts: Part[];
}

/** Name of a backup of this moment, such as `slipway-local-20261121T204500Z.tar.gz`. */
export function defaultFile(start: string, now: Date): string {
  const time = now.toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");
  return join(backups, `${start}-local-${time}.tar.gz`);
}

/** Writes all that the platform's stores hold into one file. */
export async function backup(
  { output }: BackupOptions,
  platform: Platform = localPlatform,
  runSteps: RunSteps = show,
): Promise<Backup> {
  if ((await readUnfinished())?.step === "restore")
    throw new UserError(
      'expected whole databases, got a restore that was cut short; run "npm run up" first, which ends it',
    );
  const file = output === undefined ? defaultFile("slipway", new Date()) : resolve(output);
  if (existsSync(file))
    throw new UserError(`--output: expected a new file, got "${file}", which is there already`);
  try {
    const made = await backupTo(file, platform, runSteps);
    stopIfInterrupted(); // In the last step nobody else has noticed.
    return made;
  } catch (error) {
    if (!interrupt.seen) throw error;
    const state = existsSync(file)
      ? `the backup is whole: ${file}`
      : 'no backup was written; run "npm run backup" again';
    throw new UserError(state, { cause: error });
  }
}

async function backupTo(file: string, platform: Platform, runSteps: RunSteps): Promise<Backup> {
  const stores: Store[] = [];
  const find = async (tell: Tell) => void stores.push(...(await platform.stores(tell)));
  await runSteps([{ title: "look at the stores", run: find }]);
  return inDrafts("backup", async (folder) => {
    const parts: Part[] = [];
    await runSteps([
      ...stores.map((store) => ({
        title: `back up ${store.name}`,
        run: async (tell: Tell) => void parts.push(await partOf(store, folder, tell)),
      })),
      { title: `write ${file}`, run: () => write(file, folder, parts) },
    ]);
    return { file, parts };
  });
}

/** The same as one step of a restore. */
export async function backupStores(stores: Store[], file: string, tell: Tell): Promise<void> {
  await inDrafts("backup", async (folder) => {
    const parts: Part[] = [];
    for (const store of stores) {
      tell(`back up ${store.name}`);
      parts.push(await partOf(store, folder, tell));
    }
    await write(file, folder, parts);
  });
}

async function partOf(store: Store, folder: string, tell: Tell): Promise<Part> {
  const { name, kind } = store;
  const file = fileOf(store);
  const server = await store.version();
  const dump = await store.dump(join(folder, file), tell);
  return { store: name, kind, file, ...dump, server, ...(await fingerprint(join(folder, file))) };
}

const write = (file: string, folder: string, parts: Part[]) =>
  packArchive(file, createManifest(version, new Date(), parts), folder);

/** A folder of its own for what is not a backup yet; a run that was killed leaves one to the next. */
export async function inDrafts<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(local, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is in a backup, and what to do next. */
export function describeBackup({ file, parts }: Backup): string {
  const width = Math.max(...parts.map(({ store }) => store.length));
  return `
${parts.map(({ store, kind, counts }) => `  ${store.padEnd(width)}  ${describeCounts(kind, counts)}`).join("\n")}

Next: keep ${file} on another machine; "npm run restore -- FILE" brings it back.`;
}
