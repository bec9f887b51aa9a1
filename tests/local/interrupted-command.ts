import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { repository } from "../../machine/layout.js";
import { groupIsGone } from "./footprint.js";
import { until } from "./platform.js";

/** What a command has printed by then, or what still stands in the way; undefined when nothing does. */
export type Moment = RegExp | (() => Promise<string | undefined>);

/** Starts a program in a process group of its own and gives it at that moment. */
async function startUntil(moment: Moment, mark: string, program: string, args: readonly string[]) {
  const child = spawn(program, args, {
    cwd: repository,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SLIPWAY_TEST: mark },
  });
  const exit = once(child, "exit") as Promise<[number | null, string | null]>;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
  await until(`the moment of ${args.join(" ")} to interrupt it in`, () => {
    assert.equal(child.exitCode, null, output);
    if (typeof moment === "function") return moment();
    return moment.test(output) ? undefined : output;
  });
  return { pid: Number(child.pid), exit, output: () => output };
}

/**
 * Kills a command and all in its process group at some moment, as the kernel does when memory is short.
 *
 * @param mark in its environment, by which what it leaves behind is known.
 */
export async function killDuring(command: readonly string[], moment: Moment, mark: string): Promise<void> {
  const args = ["run", "--silent", ...command];
  const { pid, exit, output } = await startUntil(moment, mark, "npm", args);
  process.kill(-pid, "SIGKILL");
  const [, signal] = await exit;
  assert.equal(signal, "SIGKILL", `npm run ${command.join(" ")} ended before it was killed: ${output()}`);
  await until("the end of every process of the group", () =>
    groupIsGone(pid) ? undefined : "some are there",
  );
}

/**
 * Presses Ctrl-C in an up, which must end in order and with 130.
 *
 * @param whom to signal: the process, or its group.
 */
export async function interruptUp(moment: Moment, mark: string, whom: (pid: number) => number): Promise<void> {
  // Not by npm, which tells of a signal where the command itself ended with a code.
  const args = ["--import", "slipway/typescript", "machine/main.ts", "up"];
  const { pid, exit, output } = await startUntil(moment, mark, process.execPath, args);
  process.kill(whom(pid), "SIGINT");
  assert.deepEqual(await exit, [130, null], output());
  assert.match(output(), /stopping in order; press Ctrl-C again to stop at once/);
  assert.match(output(), /interrupted\n$/);
  assert.equal(groupIsGone(pid), true);
}
