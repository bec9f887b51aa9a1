import { execa, ExecaError, type Options } from "execa";
import { createWriteStream, mkdirSync, openSync } from "node:fs";
import { delimiter, join } from "node:path";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "./errors.js";
import { paths, repository } from "./paths.js";
import { isThere, type Process, signal, treeOf } from "./processes.js";
import { failureBeside } from "./together.js";

/** Whether the person at the terminal asked to stop. */
export const interrupt = { seen: false };

/** @throws UserError once somebody pressed Ctrl-C, or what failed beside; called between the steps of what takes long. */
export function stopIfInterrupted(): void {
  failureBeside()?.throwIfAborted();
  if (interrupt.seen) throw new UserError("interrupted");
}

/** Programs that {@link run} waits for. */
const atWork = new Set<Program>();

interface Program {
  pid: number;
  /** Whether it was at work when somebody asked to stop, and so is not to go on. */
  told: boolean;
}

/**
 * Ends the programs at work with all that they started: a signal may have come to this process alone, and Go waits for
 * its compilers. Not those that are started from now on, by which a command leaves things in order.
 *
 * @param patienceMs for those that a terminal has told too, and end by themselves.
 * @param orderMs until those that do not end are killed.
 */
export async function endPrograms(patienceMs = 1000, orderMs = 5000): Promise<void> {
  const programs = [...atWork];
  for (const program of programs) program.told = true;
  await sleep(patienceMs, undefined, { ref: false });
  const trees = () => programs.filter((program) => atWork.has(program)).flatMap(({ pid }) => treeOf(pid));
  const told = trees();
  signal(idsOf(told), "SIGINT");
  await sleep(orderMs, undefined, { ref: false });
  signal(idsOf([...told.filter(isThere), ...trees()]), "SIGKILL");
}

const idsOf = (processes: Process[]) => processes.map(({ pid }) => pid);

/** Where programs are looked for: ours, then the machine's own. */
export function searchPath(): string {
  return [paths.bin, process.env.PATH, "/usr/sbin", "/sbin"].join(delimiter);
}

// There the unpacked packages lie over /usr; what the machine has elsewhere may be of a version that does not fit.
const debianPath = () => [paths.bin, "/usr/sbin", "/usr/bin", searchPath()].join(delimiter);

const withDebian = join(repository, "shell/with-debian.sh");

/**
 * Does work that adds to a file under .local/logs. All that it has written is in there afterwards.
 *
 * @throws what the work fails with, or else what the log cannot be written for
 */
export async function withLog<T>(
  name: string,
  work: (write: (chunk: string | Buffer) => void) => Promise<T>,
): Promise<T> {
  mkdirSync(paths.logs, { recursive: true });
  const file = join(paths.logs, `${name}.log`);
  const log = createWriteStream(file, { fd: openSync(file, "a") });
  const written = finished(log);
  written.catch(() => undefined); // It is awaited only when the work has ended.
  try {
    const result = await work((chunk) => log.write(chunk));
    log.end();
    await written;
    return result;
  } catch (error) {
    log.end();
    await written.catch(() => undefined);
    throw error;
  }
}

export interface RunOptions extends Options {
  /** Called with each line of output, for a progress display. */
  onLine?: (line: string) => void;
  /** Name of the file under .local/logs that gets everything. */
  log?: string;
  /** The program may be one of an unpacked Debian package, which needs that package's other files around it. */
  fromDebian?: boolean;
}

/**
 * Runs a program and gives its standard output.
 *
 * @throws UserError with the end of its output and the log's place when it fails.
 */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { log } = options;
  return log === undefined
    ? runWith(() => undefined, file, args, options)
    : withLog(log, (write) => runWith(write, file, args, options));
}

/** @param write gets all of its output */
async function runWith(
  write: (chunk: Buffer) => void,
  file: string,
  args: readonly string[],
  { onLine, log, env, fromDebian = false, ...rest }: RunOptions,
): Promise<string> {
  const inNamespace = ["--mount", "--propagation", "private", "sh", withDebian, paths.debian, file, ...args];
  const [command, commandArgs] = fromDebian ? ["unshare", inNamespace] : [file, args];
  const child = execa(command, commandArgs, {
    all: true,
    stdin: rest.input === undefined ? "ignore" : "pipe",
    env: { PATH: fromDebian ? debianPath() : searchPath(), ...env },
    cancelSignal: failureBeside(),
    killSignal: "SIGINT",
    ...rest,
  });
  child.all?.on("data", write); // A pipe would stop the program with the log.
  const program: Program = { pid: child.pid ?? 0, told: false };
  if (child.pid !== undefined) atWork.add(program);
  try {
    if (onLine !== undefined) for await (const line of child.iterable({ from: "all" })) onLine(String(line));
    const { stdout } = await child;
    return String(stdout);
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (program.told) throw new UserError("interrupted", { cause: error });
    const output = typeof error.all === "string" ? error.all : "";
    const tail = output.split("\n").slice(-15).join("\n");
    const where = log === undefined ? "" : `\nall of its output: ${join(paths.logs, `${log}.log`)}`;
    throw new UserError(`${error.shortMessage}\n${tail}${where}`, { cause: error });
  } finally {
    atWork.delete(program);
  }
}

/** A word as a shell takes it. */
export const quoted = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
