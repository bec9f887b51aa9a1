import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { repository } from "../../shell/paths.js";
import { groupIsGone } from "./footprint.js";
import { until } from "./platform.js";

/** Seconds within which the moment has to come: a command may look first at what the one before it left. */
const PATIENCE_SEC = 180;

/** What a command's output shows, or what says why it has not come yet. */
export type Moment = RegExp | (() => Promise<string | undefined>);

/**
 * Starts a program in a process group of its own and gives it at that moment.
 *
 * @param mark in its environment, by which what it leaves behind is known.
 */
export async function startUntil(mark: string, moment: Moment, program: string, args: readonly string[]) {
  const child = spawn(program, args, {
    cwd: repository,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SLIPWAY_TEST: mark },
  });
  const exit = once(child, "exit") as Promise<[number | null, string | null]>;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
  const come = () => {
    assert.equal(child.exitCode, null, output);
    if (typeof moment === "function") return moment();
    return moment.test(output) ? undefined : output;
  };
  await until(`the moment of ${args.join(" ")} to interrupt it in`, come, PATIENCE_SEC);
  return { pid: Number(child.pid), exit, output: () => output };
}

/** Kills a command and all in its process group, as the kernel does when memory is short. */
export async function killDuring(mark: string, moment: Moment, command: readonly string[]): Promise<void> {
  const { pid, exit, output } = await startUntil(mark, moment, "npm", ["run", "--silent", ...command]);
  process.kill(-pid, "SIGKILL");
  const [, signal] = await exit;
  assert.equal(signal, "SIGKILL", `npm run ${command.join(" ")} ended before it was killed: ${output()}`);
  await until("the end of every process of the group", () =>
    groupIsGone(pid) ? undefined : "some are there",
  );
}
