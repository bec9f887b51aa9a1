import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { local } from "../shell/paths.js";
import { writeWhole } from "../shell/whole-file.js";

const file = join(local, "restore.json");

/** A restore that is under way, or was when its process ended. */
export interface Unfinished {
  /** The backup that is being restored. */
  file: string;
  /** What is under way: only from "restore" on is anything changed, and after it nothing more is. */
  step: "stop" | "restore" | "start";
  /** Whether what is there is backed up first. */
  safetyBackup: boolean;
  /** What was there before, once it is written. */
  safety?: string;
}

export async function readUnfinished(): Promise<Unfinished | undefined> {
  return existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as Unfinished) : undefined;
}

export const isUnfinished = () => existsSync(file);

export const writeUnfinished = (unfinished: Unfinished) => writeWhole(file, JSON.stringify(unfinished));

export const removeUnfinished = () => rm(file, { force: true });
