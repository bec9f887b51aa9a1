import { readdirSync, readFileSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { local } from "../shell/paths.js";
import { isThere, signal, startTime } from "../shell/processes.js";
import { UserError } from "../shell/run.js";
import { processesIn } from "./control-groups.js";

const file = join(local, "lock");

/** What every process that a command starts inherits, by which a later command knows those of one that was killed. */
const mark = { name: "SLIPWAY_COMMAND_IN", value: local };

interface Holder {
  pid: number;
  /** With the id it names one process for ever. */
  start: string;
}

const endSec = 30;

let drafts = 0;

/** Holds off every other command that changes this checkout's cluster; a lock whose holder died counts for nothing. */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  await mkdir(local, { recursive: true });
  const mine = `${file}.${process.pid}.${drafts++}`;
  await writeFile(mine, JSON.stringify({ pid: process.pid, start: startTime(process.pid) }));
  try {
    if (await take(file, mine)) await endLeftovers();
  } finally {
    await rm(mine);
  }
  const markBefore = process.env[mark.name];
  process.env[mark.name] = mark.value;
  const giveBack = () => rm(file, { force: true });
  try {
    const result = await work();
    await giveBack();
    return result;
  } catch (error) {
    // Where these do not end, the lock stays, and the next command sees to them.
    await endLeftovers();
    await giveBack();
    throw error;
  } finally {
    // What this process starts later is at work for nobody.
    if (markBefore === undefined) Reflect.deleteProperty(process.env, mark.name);
    else process.env[mark.name] = markBefore;
  }
}

/**
 * Makes `place` a link to `mine`; tells whether it was a dead holder's.
 *
 * To put one's own in a dead holder's place takes another lock, named after that holder. So whoever comes late finds
 * that the place has changed, and never takes away the lock of one who lives.
 */
async function take(place: string, mine: string): Promise<boolean> {
  for (;;) {
    if (await linked(mine, place)) return false;
    const holder = await holderOf(place);
    if (holder === undefined) continue;
    refuseIfAlive(holder);
    const successor = `${file}.after-${holder.pid}-${holder.start}`;
    await take(successor, mine);
    const now = await holderOf(place);
    if (now?.pid === holder.pid && now.start === holder.start) {
      await rename(successor, place);
      return true;
    }
    await rm(successor);
  }
}

async function linked(mine: string, place: string): Promise<boolean> {
  try {
    await link(mine, place);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** Who holds a lock; nobody when it has been given back meanwhile. */
async function holderOf(place: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(place, "utf8")) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    // A machine that lost its power may leave an empty file.
    if (error instanceof SyntaxError) return { pid: 0, start: "" };
    throw error;
  }
}

function refuseIfAlive({ pid, start }: Holder): void {
  if (startTime(pid) !== start) return;
  throw new UserError(
    `another command is at work here as process ${pid}; wait for it, or end it with "kill ${pid}"`,
  );
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
