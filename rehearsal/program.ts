import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Processes } from "./processes.js";

/** The program of a checkout, ready to be run by engines. */
export class Program {
  /** For the engine's `--client`. */
  readonly address: string;

  /** Of its process. */
  readonly pid: number;
  private readonly processes: Processes;
  private readonly name: string;

  private constructor(processes: Processes, name: string, port: number, pid: number) {
    this.processes = processes;
    this.name = name;
    this.pid = pid;
    this.address = `127.0.0.1:${port}`;
  }

  /**
   * Starts a process for the program, which takes a second for the SDKs to be loaded at its first run.
   *
   * @param checkout folder of the repository, this one or another with its dependencies installed
   */
  static async start(processes: Processes, checkout: string): Promise<Program> {
    const name = `program-${++started}`;
    const host = join(import.meta.dirname, "program-host.ts");
    const command = [...typescriptOf(checkout), host, join(checkout, "infra/index.ts")];
    const child = processes.start(name, command, { ipc: true });
    const [message] = (await Promise.race([once(child, "message"), failed(name, once(child, "exit"))])) as [
      { port: number },
    ];
    return new Program(processes, name, message.port, child.pid ?? 0);
  }

  /** What becomes of a program whose engine was killed is of no use to the next one. */
  stop(): Promise<void> {
    return this.processes.stop(this.name);
  }
}

let started = 0;

/** Node.js with the loader that a checkout runs its TypeScript with. */
export function typescriptOf(checkout: string): string[] {
  const own = join(checkout, "infra/typescript.mjs");
  const loader = existsSync(own) ? own : createRequire(join(checkout, "package.json")).resolve("tsx");
  // Their garbage is young: a third of their time went into collecting it a little at a time.
  return [process.execPath, "--max-semi-space-size=64", "--import", pathToFileURL(loader).href];
}

/** Rejects when a process ends that should have said that it is ready. */
export async function failed(name: string, exit: Promise<unknown[]>): Promise<never> {
  const [code, signal] = await exit;
  throw new Error(`${name} ended before it was ready (${String(signal ?? code)}); see its log`);
}
