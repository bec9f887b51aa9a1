import { readFileSync, writeFileSync } from "node:fs";
import type { RehearsedStack } from "../../rehearsal/stack.js";
import { failures } from "../../rehearsal/acts/act.js";
import { changesOf, type Changed } from "../../rehearsal/changes.js";

const POLL_MS = 50;
const TICKS_A_SECOND = 100;

export type Operation = "preview" | "up" | "destroy";

/** What one run of the engine took. */
export interface Measured {
  readonly wallSec: number;

  /** Of the engine and the plugins that it started. */
  readonly engineSec: number;
  readonly programSec: number;
  readonly engineMb: number;
  readonly programMb: number;
  readonly changes: readonly Changed[];
}

/** @throws Error when the engine did not do all of it */
export async function measure(stack: RehearsedStack, operation: Operation): Promise<Measured> {
  const program = stack.programPid;
  // From now on the highest is that of this run.
  writeFileSync(`/proc/${program}/clear_refs`, "5");
  const before = { children: endedChildrenSec(), program: ownSec(program) };
  let engineMb = 0;
  let poll: NodeJS.Timeout | undefined;
  const run = await stack[operation]({
    onStart: (pid) => {
      poll = setInterval(() => {
        engineMb = Math.max(engineMb, highestMb(pid));
      }, POLL_MS);
    },
  });
  clearInterval(poll);
  const [problem] = failures(run);
  if (problem !== undefined) throw new Error(`${operation}: ${problem}`);
  return {
    wallSec: run.seconds,
    engineSec: endedChildrenSec() - before.children,
    programSec: ownSec(program) - before.program,
    engineMb,
    programMb: highestMb(program),
    changes: changesOf(run.steps),
  };
}

/** CPU of all processes that this one started and that have ended, such as an engine with its plugins. */
const endedChildrenSec = () => (stat("self", 16) + stat("self", 17)) / TICKS_A_SECOND;

const ownSec = (pid: number) => (stat(String(pid), 14) + stat(String(pid), 15)) / TICKS_A_SECOND;

/** A field of /proc/PID/stat by its number in proc(5); the second is a name in brackets, which may have spaces. */
function stat(pid: string, field: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[field - 3]);
}

/** The most memory that a process has had; 0 once it has ended. */
function highestMb(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === "ENOENT" ||
      (error as NodeJS.ErrnoException).code === "ESRCH"
    )
      return 0;
    throw error;
  }
}
