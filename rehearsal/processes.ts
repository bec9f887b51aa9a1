import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface StartOptions {
  env?: Readonly<Record<string, string>>;

  /** @default this process's */
  cwd?: string;

  /**
   * Whether a Node.js program may send messages.
   *
   * @default false
   */
  ipc?: boolean;
}

/**
 * For programs in Go: they live for minutes and there is memory, so that looking for garbage less often takes a tenth off
 * the CPU of all.
 */
export const GO_ENVIRONMENT = { GOGC: "400" };

interface Started {
  readonly child: ChildProcess;
  readonly log: string;
}

/**
 * Programs that live no longer than this process, however it ends: the kernel kills each of them when its parent is
 * gone, which also holds after kill -9.
 */
export class Processes {
  /** Folder with a log of each program. */
  readonly logs: string;
  private readonly started = new Map<string, Started>();
  private readonly groups = new Set<number>();
  private stopping = false;

  constructor(logs: string) {
    this.logs = logs;
  }

  /** Starts a program whose output goes to its log. */
  start(name: string, command: readonly string[], options: StartOptions = {}): ChildProcess {
    const { env = {}, cwd, ipc = false } = options;
    const log = join(this.logs, `${name}.log`);
    const file = openSync(log, "a", 0o600);
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...command], {
      stdio: ["ignore", file, file, ...(ipc ? (["ipc"] as const) : [])],
      env: { ...process.env, ...GO_ENVIRONMENT, ...env },
      cwd,
    });
    closeSync(file);
    this.started.set(name, { child, log });
    return child;
  }

  /**
   * Takes over the leader of a process group that somebody else has started: what it started itself, and leaves behind
   * when it is killed, ends with all the others at the latest.
   */
  adoptGroup(leader: number): void {
    this.groups.add(leader);
  }

  /** Ends what is left of a process group. */
  stopGroup(leader: number): void {
    this.groups.delete(leader);
    try {
      process.kill(-leader, "SIGKILL");
    } catch (error) {
      // Mostly nothing is left.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** Ends one program at once, or all of them: what they keep is thrown away anyway. */
  async stop(name?: string): Promise<void> {
    this.stopping ||= name === undefined;
    if (name === undefined) for (const leader of this.groups) this.stopGroup(leader);
    const chosen = [...this.started].filter(([other]) => name === undefined || name === other);
    await Promise.all(
      chosen.map(async ([other, { child }]) => {
        this.started.delete(other);
        if (hasEnded(child)) return;
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      }),
    );
  }

  /** Waits until the check holds; a program that has ended by itself is the reason why it never will. */
  async until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await holds())) {
      if (this.stopping) throw new Error(`${what}: the rehearsal is being stopped`);
      this.assertRunning();
      if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s; see ${this.logs}`);
      await sleep(50);
    }
  }

  /** @throws Error with the end of its log, if one of the programs has ended by itself */
  assertRunning(): void {
    for (const [name, { child, log }] of this.started) {
      if (!hasEnded(child)) continue;
      const tail = readFileSync(log, "utf8").trimEnd().split("\n").slice(-6).join("\n");
      throw new Error(`${name} ended by itself (${child.signalCode ?? String(child.exitCode)}):\n${tail}`);
    }
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;
