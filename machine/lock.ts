import { existsSync, readFileSync } from "node:fs";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { local } from "./layout.js";
import { UserError } from "./shell.js";

const file = join(local, "lock");

/** Start time of a process in clock ticks: with the id it names a process that ids alone would confuse. */
function startTime(pid: number): string | undefined {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) ? readFileSync(stat, "utf8").split(") ")[1]?.split(" ")[19] : undefined;
}

/** Holds off every other command that changes this checkout's cluster; a lock whose holder died counts for nothing. */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  await mkdir(local, { recursive: true });
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, JSON.stringify({ pid: process.pid, start: startTime(process.pid) }));
  try {
    await acquire(mine);
  } finally {
    await rm(mine);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(mine: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await link(mine, file);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const { pid, start } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; start: string };
    if (startTime(pid) === start) {
      throw new UserError(
        `another command is at work here as process ${pid}; wait for it, or end it with "kill ${pid}"`,
      );
    }
    await rm(file, { force: true });
  }
  throw new UserError(`the lock ${file} cannot be taken; remove the file when no other command is at work`);
}
