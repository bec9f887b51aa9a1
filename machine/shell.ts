import { execa, ExecaError, type Options } from "execa";
import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { delimiter, join } from "node:path";
import { paths } from "./layout.js";

/** A problem whose message is all that a person needs: it is printed without a stack. */
export class UserError extends Error {}

const debianLibraries = (root: string) =>
  ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib"]
    .map((folder) => join(root, folder))
    .join(":");

/**
 * Environment in which programs of ours, and those unpacked from Debian packages, are found.
 *
 * @param root where the Debian packages were unpacked, as the process will see it.
 * @param bin where the built programs stand, as the process will see it.
 */
export function toolEnvironment(root = paths.debian, bin = paths.bin): Record<string, string> {
  const folders = ["links", "usr/sbin", "usr/bin", "sbin", "bin"].map((folder) => join(root, folder));
  return {
    // The machine's own programs come first: what was unpacked only fills gaps.
    PATH: [bin, process.env.PATH, "/usr/sbin", "/sbin", ...folders].join(delimiter),
    LD_LIBRARY_PATH: debianLibraries(root),
    XTABLES_LIBDIR: `${join(root, "usr/lib/x86_64-linux-gnu/xtables")}:/usr/lib/x86_64-linux-gnu/xtables`,
    PERL5LIB: join(root, "usr/share/perl5"),
  };
}

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
}

/**
 * Runs a program and gives its standard output.
 *
 * @throws UserError with the end of its output and the log's place when it fails.
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { onLine, log, env, ...rest } = options;
  const child = execa(file, args, {
    all: true,
    stdin: "ignore",
    env: { ...toolEnvironment(), ...env },
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
