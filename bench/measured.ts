import { execa } from "execa";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Measured {
  wallSec: number;
  /** Of the program and all processes that came of it. */
  cpuSec: number;
  /** Of the largest of them. */
  maxRssMb: number;
  stdout: string;
}

/** Runs a program to its end and tells what it took; throws when it fails. */
export async function measured(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
  try {
    const report = join(folder, "usage.json");
    const wrapper = [join(import.meta.dirname, "measured.py"), report, file, ...args];
    const { stdout } = await execa("python3", wrapper, { ...options, stdin: "ignore", maxBuffer: 2 ** 28 });
    const usage = JSON.parse(await readFile(report, "utf8")) as Omit<Measured, "stdout">;
    return { ...usage, stdout };
  } finally {
    await rm(folder, { recursive: true });
  }
}
