import { existsSync, readdirSync, readFileSync } from "node:fs";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { processesIn } from "./hosts.js";
import { local } from "./layout.js";
import { UserError } from "./shell.js";

const file = join(local, "lock");

/** What every process that a command starts inherits, by which a later command knows those of one that was killed. */
const mark = { name: "SLIPWAY_COMMAND_IN", value: local };

/**
 * Start time of a process in clock ticks: with the id it names a process that ids alone would confuse. One that has
 * ended and only waits for its parent to notice has none.
 */
function startTime(pid: number): string | undefined {
  const stat = `/proc/${pid}/stat`;
  const fields = existsSync(stat) ? readFileSync(stat, "utf8").split(") ")[1]?.split(" ") : undefined;
  return fields?.[0] === "Z" ? undefined : fields?.[19];
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
  process.env[mark.name] = mark.value;
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
    endLeftovers();
    await rm(file, { force: true });
  }
  throw new UserError(`the lock ${file} cannot be taken; remove the file when no other command is at work`);
}

/** Ends what a command that was killed has left at work, such as the engine's plugins; the cluster goes on. */
function endLeftovers(): void {
  const cluster = new Set(processesIn());
  for (const pid of readdirSync("/proc").map(Number).filter(Boolean)) {
    if (cluster.has(pid) || !environmentOf(pid).includes(`${mark.name}=${mark.value}`)) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // ESRCH: it ended by itself meanwhile.
    }
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return []; // It ended meanwhile, or it is one of the machine's that even root may not look into.
  }
}
