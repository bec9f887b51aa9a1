import { readFileSync } from "node:fs";

/** Reads of a control group or a process, either of which may end at any moment. */
export function unlessGone<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ENODEV", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return otherwise;
    throw error;
  }
}

/** Sends a signal to processes, of which some may have ended by themselves. */
export function signal(pids: number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/**
 * Start time of a process in clock ticks: with the id it names a process that ids alone would confuse. One that has
 * ended and only waits for its parent to notice has none.
 */
export function startTime(pid: number): string | undefined {
  const stat = unlessGone(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
  // The name before the last ")" may hold anything.
  const fields = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}

const ticksPerSecond = 100; // What Linux shows to programs, whatever the kernel counts in.

/** When a process started, in milliseconds as of Date.now(), exact to a second. */
export function startedAt(pid: number): number | undefined {
  const ticks = startTime(pid);
  const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
  return ticks === undefined ? undefined : (Number(boot) + Number(ticks) / ticksPerSecond) * 1000;
}
