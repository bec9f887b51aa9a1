import { execa, ExecaError, type Options } from "execa";
import { createWriteStream, mkdirSync, openSync, type WriteStream } from "node:fs";
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

/** Opens a file under .local/logs to add to. */
export function openLog(name: string): WriteStream {
  mkdirSync(paths.logs, { recursive: true });
  const file = join(paths.logs, `${name}.log`);
  return createWriteStream(file, { fd: openSync(file, "a") });
}

/** What is written to the stream is in the log once `end` is done. */
function startRecord(name: string) {
  const stream = openLog(name);
  const written = finished(stream);
  written.catch(() => undefined); // It is for who ends it.
  return { stream, end: () => (stream.end(), written) };
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
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { onLine, log, env, fromDebian = false, ...rest } = options;
  const inNamespace = ["--mount", "--propagation", "private", "sh", withDebian, paths.debian, file, ...args];
  const [command, commandArgs] = fromDebian ? ["unshare", inNamespace] : [file, args];
  const record = log === undefined ? undefined : startRecord(log);
  const child = execa(command, commandArgs, {
    all: true,
    stdin: "ignore",
    env: { PATH: fromDebian ? debianPath() : searchPath(), ...env },
    cancelSignal: failureBeside(),
    killSignal: "SIGINT",
    ...rest,
  });
  // A pipe would stop the program with the log.
  if (record) child.all?.on("data", (chunk: Buffer) => record.stream.write(chunk));
  const program: Program = { pid: child.pid ?? 0, told: false };
  if (child.pid !== undefined) atWork.add(program);
  try {
    if (onLine !== undefined) for await (const line of child.iterable({ from: "all" })) onLine(String(line));
    const { stdout } = await child;
    await record?.end();
    return String(stdout);
  } catch (error) {
    await record?.end().catch(() => undefined); // What the program failed with says more.
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
