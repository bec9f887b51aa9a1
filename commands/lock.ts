import { spawnSync } from "node:child_process";
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeSync,
} from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processesIn } from "../machine/control-groups.js";
import { UserError } from "../shell/errors.js";
import { local } from "../shell/paths.js";
import { isThere, signal, startTime } from "../shell/processes.js";

/** The kernel locks it for as long as its holder lives. It names that process, until it gives the lock back in order. */
const file = join(local, "lock");

/** What every process that a command starts inherits, by which a later command knows those of one that was killed. */
const mark = { name: "SLIPWAY_COMMAND_IN", value: local };

const endSec = 30;

/** Holds off every other command that changes this checkout's cluster; a lock whose holder died counts for nothing. */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  const lock = await take();
  try {
    const before = readFileSync(lock, "utf8");
    writeSync(lock, `${process.pid}\n`);
    if (before !== "") await endLeftovers();
    return await marked(work, () => {
      ftruncateSync(lock);
    });
  } finally {
    closeSync(lock);
  }
}

/** Opens the file and locks it, until this process closes it or ends. */
async function take(): Promise<number> {
  for (;;) {
    await mkdir(local, { recursive: true });
    const lock = openSync(file, "a+", 0o600);
    let taken = false;
    try {
      lockOpen(lock);
      // "down -- --purge" removes it while it holds it, and then it is nobody's.
      taken = statSync(file, { throwIfNoEntry: false })?.ino === fstatSync(lock).ino;
      if (taken) return lock;
    } finally {
      if (!taken) closeSync(lock);
    }
  }
}

function lockOpen(lock: number): void {
  const { status, error } = spawnSync("flock", ["-n", "3"], { stdio: ["ignore", "ignore", "inherit", lock] });
  if (status === 0) return;
  if (status === 1) {
    const pid = readFileSync(lock, "utf8").trim().split("\n").at(-1) ?? "";
    const [who, end] = pid === "" ? ["", ""] : [` as process ${pid}`, `, or end it with "kill ${pid}"`];
    throw new UserError(`another command is at work here${who}; wait for it${end}`);
  }
  const why =
    error !== undefined && "code" in error && error.code === "ENOENT"
      ? 'there is no flock; run "apt-get install util-linux"'
      : `flock ended with ${status ?? "a signal"}; put this checkout on a file system that has locks`;
  throw new UserError(`${file} cannot be locked: ${why}`);
}

/** Works with the mark in the environment, and gives the lock back when nothing is at work any more. */
async function marked<T>(work: () => Promise<T>, giveBack: () => void): Promise<T> {
  const markBefore = process.env[mark.name];
  process.env[mark.name] = mark.value;
  try {
    const result = await work();
    giveBack();
    return result;
  } catch (error) {
    // Where these do not end, the lock tells of this command still, and the next command sees to them.
    await endLeftovers();
    giveBack();
    throw error;
  } finally {
    // What this process starts later is at work for nobody.
    if (markBefore === undefined) Reflect.deleteProperty(process.env, mark.name);
    else process.env[mark.name] = markBefore;
  }
}

/** Ends what a command that failed or was killed has left at work, such as the engine's plugins; the cluster goes on. */
async function endLeftovers(): Promise<void> {
  const others = new Set([process.pid, ...processesIn()]);
  const pids = readdirSync("/proc").map(Number).filter(Boolean);
  const left = pids
    .filter((pid) => !others.has(pid) && environmentOf(pid).includes(`${mark.name}=${mark.value}`))
    .map((pid) => ({ pid, start: startTime(pid) }));
  const pidsLeft = left.map(({ pid }) => pid);
  signal(pidsLeft, "SIGKILL");
  // A killed process is there, with what it holds, until the kernel comes to it.
  for (const deadline = Date.now() + endSec * 1000; left.some(isThere);) {
    if (Date.now() > deadline)
      throw new UserError(
        `processes ${pidsLeft.join(", ")} do not end, though killed; see what they wait for in /proc/<pid>/stack`,
      );
    await sleep(10);
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return []; // It ended meanwhile, or it is one of the machine's that even root may not look into.
  }
}
