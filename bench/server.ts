import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../shell/ports.js";

/** A server of this machine that runs while it is measured. */
export class Server {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts the program and waits until its port is open. */
  static async start(
    port: number,
    file: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<Server> {
    const child = spawn(file, args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, ...env },
    });
    const failure = new Promise<never>((_, reject) => child.on("error", reject));
    const server = new Server(child);
    for (let waited = 0; !(await Promise.race([isOpen(port), failure])); waited++) {
      if (waited === 100 || server.#hasEnded()) throw new Error(`${file} ${args.join(" ")} does not start`);
      await sleep(100);
    }
    return server;
  }

  /** CPU time so far, to the kernel's hundredth of a second. */
  cpuSec(): number {
    const stat = readFileSync(`/proc/${this.#process.pid ?? 0}/stat`, "utf8");
    // After the name, which may hold anything, utime and stime are the twelfth and thirteenth.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async stop(): Promise<void> {
    if (this.#hasEnded()) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
  }

  #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => {
      resolve(false);
    });
  });
}

/** A Redis of this machine that keeps nothing. */
export async function startRedis(): Promise<{ redis: Server; port: number }> {
  const port = await freePort();
  const address = ["--bind", "127.0.0.1", "--port", String(port)];
  const quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"];
  return { redis: await Server.start(port, "redis-server", [...address, ...quiet]), port };
}
