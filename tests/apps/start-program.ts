import { execa } from "execa";
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Runs a program with this environment alone, for 15 s at most; awaited, it tells how it ended. */
export const launch = (program: string, env: Readonly<Record<string, string>>, args: string[] = []) =>
  execa(process.execPath, ["--import", "slipway/typescript", program, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    extendEnv: false,
    reject: false,
    timeout: 15_000,
  });

/** Runs a program that is expected to end, and gives its log, which is all that it may write. */
export async function startProgram(
  program: string,
  env: Readonly<Record<string, string>>,
  args: string[] = [],
) {
  const { exitCode, stdout, stderr } = await launch(program, env, args);
  assert.equal(stderr, "");
  const lines = stdout.split("\n");
  return { status: exitCode, lines: lines.map((line) => JSON.parse(line) as { level: number; msg: string }) };
}

/** A port on which somebody else listens as long as it is used. */
export async function withTakenPort<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  await once(server.listen(0, "0.0.0.0"), "listening");
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}
