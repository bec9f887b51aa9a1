import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.js";
import type { Tell } from "./progress.js";

/**
 * Does work and keeps what it records, its failure included, in `.local/logs/<name>.log`; the record of the time before
 * becomes `<name>.1.log`. Every line is in the file at once: the work may be killed.
 */
export async function recorded<T>(name: string, work: (record: Tell) => Promise<T>): Promise<T> {
  mkdirSync(paths.logs, { recursive: true });
  const file = join(paths.logs, `${name}.log`);
  if (existsSync(file)) renameSync(file, join(paths.logs, `${name}.1.log`));
  const log = openSync(file, "w", 0o600);
  const record = (line: string) => writeSync(log, `${new Date().toISOString()} ${line}\n`);
  try {
    return await work(record);
  } catch (error) {
    record(`error: ${(error as Error).message}`);
    throw error;
  } finally {
    closeSync(log);
  }
}
