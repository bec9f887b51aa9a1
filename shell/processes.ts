import { readdirSync, readFileSync } from "node:fs";

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

/** Fields of /proc/<pid>/stat after the name, which may hold anything up to the last ")"; none of one that is gone. */
function statOf(pid: number): string[] {
  const stat = unlessGone(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
  return stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
}

/**
 * Start time of a process in clock ticks: with the id it names a process that ids alone would confuse. One that has
 * ended and only waits for its parent to notice has none.
 */
export function startTime(pid: number): string | undefined {
  const fields = statOf(pid);
  return fields[0] === "Z" ? undefined : fields[19];
}

/** A process, with what tells it from a later one of the same id. */
export interface Process {
  pid: number;
  start: string | undefined;
}

export const isThere = ({ pid, start }: Process) => start !== undefined && startTime(pid) === start;

/** A process and all that it started, and so on, as far as they are there. */
export function treeOf(root: number): Process[] {
  const parents = readdirSync("/proc")
    .map(Number)
    .filter(Boolean)
    .map((pid) => ({ pid, parent: Number(statOf(pid)[1]) }));
  const tree = [root];
  for (const above of tree)
    tree.push(...parents.filter(({ parent }) => parent === above).map(({ pid }) => pid));
  return tree.map((pid) => ({ pid, start: startTime(pid) })).filter(isThere);
}

const ticksPerSecond = 100; // What Linux shows to programs, whatever the kernel counts in.

/** When a process started, in milliseconds as of Date.now(), exact to a second. */
export function startedAt(pid: number): number | undefined {
  const ticks = startTime(pid);
  const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
  return ticks === undefined ? undefined : (Number(boot) + Number(ticks) / ticksPerSecond) * 1000;
}
