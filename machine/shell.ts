import { execa, ExecaError, type Options } from "execa";
import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { paths, repository } from "./layout.js";

/** Whether the person at the terminal asked to stop. */
export const interrupt = { seen: false };

/** @throws UserError once somebody pressed Ctrl-C; called between the steps of whatever takes long. */
export function stopIfInterrupted(): void {
  if (interrupt.seen) throw new UserError("interrupted");
}

/** Writes all of a file or nothing of it, so that what is cut short never leaves half a file. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** A problem whose message is all that a person needs: it is printed without a stack. */
export class UserError extends Error {}

/** Where programs are looked for: ours, the machine's own, and last what was unpacked of Debian packages. */
export function searchPath(): string {
  const unpacked = ["usr/sbin", "usr/bin"].map((folder) => join(paths.debian, folder));
  return [paths.bin, process.env.PATH, "/usr/sbin", "/sbin", ...unpacked].join(delimiter);
}

const withDebian = join(repository, "machine/with-debian.sh");

/** Opens a file under .local/logs to add to. */
export function openLog(name: string): WriteStream {
  mkdirSync(paths.logs, { recursive: true });
  return createWriteStream(join(paths.logs, `${name}.log`), { flags: "a" });
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
  const [program, programArgs] = fromDebian ? ["unshare", inNamespace] : [file, args];
  const child = execa(program, programArgs, {
    all: true,
    stdin: "ignore",
    env: { PATH: searchPath(), ...env },
    ...rest,
  });
  if (log !== undefined) child.all?.pipe(openLog(log));
  try {
    if (onLine !== undefined) for await (const line of child.iterable({ from: "all" })) onLine(String(line));
    const { stdout } = await child;
    return String(stdout);
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const output = typeof error.all === "string" ? error.all : "";
    const tail = output.split("\n").slice(-15).join("\n");
    const where = log === undefined ? "" : `\nall of its output: ${join(paths.logs, `${log}.log`)}`;
    throw new UserError(`${error.shortMessage}\n${tail}${where}`, { cause: error });
  }
}
