import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { paths } from "../shell/paths.js";
import { listenForEvents, stepOf, type Step } from "./events.js";
import type { Processes } from "./processes.js";

export interface EngineArgs {
  /** Folder of the project that the engine runs in. */
  readonly folder: string;

  /** Its whole environment: nothing of the machine's own Pulumi, clouds or clusters gets through. */
  readonly env: Readonly<Record<string, string>>;

  /** File that gets all that the engine prints. */
  readonly log: string;

  /** End the plugins that a killed engine leaves behind. */
  readonly processes: Processes;
}

export interface Run {
  readonly steps: readonly Step[];

  /** What the engine printed, and its messages. */
  readonly output: string;

  /** "killed" if it was, else whether it did all of it. */
  readonly outcome: "succeeded" | "failed" | "killed";

  /** Messages of the severity "error". */
  readonly errors: readonly string[];
  readonly seconds: number;
}

export interface RunOptions {
  /** Told of the engine's process. */
  readonly onStart?: (pid: number) => void;

  /** Told of each step as it begins. */
  readonly onStep?: (step: Step, kill: () => void) => void;

  /** Told of every event, as it comes. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** Runs the real engine's own command line. */
export class Engine {
  private readonly args: EngineArgs;

  constructor(args: EngineArgs) {
    this.args = args;
  }

  /** Runs a command that makes no steps, and gives what it prints; it reads the input, which may be secret. */
  async command(args: readonly string[], input = ""): Promise<string> {
    const child = this.spawn(args, "quiet");
    child.stdin.end(input);
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0)
      throw new Error(`pulumi ${args[0] ?? ""} ${args[1] ?? ""} failed:\n${stderr.text}${stdout.text}`);
    return stdout.text;
  }

  /** Runs an operation and collects its steps; a failure is told, not thrown. */
  async run(args: readonly string[], { onStart, onStep, onEvent }: RunOptions = {}): Promise<Run> {
    const started = performance.now();
    const steps: Step[] = [];
    const errors: string[] = [];
    let child: ChildProcess | undefined;
    const kill = () => child?.kill("SIGKILL");
    const events = await listenForEvents((event: EngineEvent) => {
      onEvent?.(event);
      const step = stepOf(event);
      if (step) {
        steps.push(step);
        onStep?.(step, kill);
      }
      const { severity, message = "" } = event.diagnosticEvent ?? {};
      if (severity === "error") errors.push(plain(message));
    });
    try {
      const engine = this.spawn([...args, "--event-log", events.address]);
      engine.stdin.end();
      child = engine;
      if (engine.pid !== undefined) onStart?.(engine.pid);
      const [stdout, stderr] = [collect(engine.stdout), collect(engine.stderr)];
      const [code, signal] = (await once(engine, "close")) as [number | null, NodeJS.Signals | null];
      const outcome = signal === "SIGKILL" ? "killed" : code === 0 ? "succeeded" : "failed";
      const seconds = (performance.now() - started) / 1000;
      return { steps, output: stdout.text + stderr.text, outcome, errors, seconds };
    } finally {
      events.close();
    }
  }

  /** @param mode "quiet" for a command whose output may be secret: it stays out of the log */
  private spawn(args: readonly string[], mode: "logged" | "quiet" = "logged") {
    const { folder, env, log, processes } = this.args;
    const command = [join(paths.bin, "pulumi"), ...args, "--non-interactive", "--color", "never"];
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...command], {
      cwd: folder,
      env: { ...env },
      stdio: ["pipe", "pipe", "pipe"],
      // As the leader of a process group.
      detached: true,
    });
    const { pid } = child;
    if (pid !== undefined) {
      processes.adoptGroup(pid);
      child.on("close", () => {
        processes.stopGroup(pid);
      });
    }
    const file = createWriteStream(log, { flags: "a", mode: 0o600 });
    file.write(`\n$ pulumi ${args.join(" ")}\n`);
    if (mode === "logged") {
      child.stdout.pipe(file, { end: false });
      child.stderr.pipe(file, { end: false });
    }
    child.on("close", () => file.end());
    return child;
  }
}

function collect(stream: NodeJS.ReadableStream): { text: string } {
  const collected = { text: "" };
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => (collected.text += chunk));
  return collected;
}

/** Without the engine's marks for colours. */
const plain = (message: string) => message.replaceAll(/<\{%[^%]*%\}>/g, "").trim();
