import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { repository } from "../../machine/layout.js";
import { groupIsGone } from "./footprint.js";
import { until } from "./platform.js";

/** What a command has printed by then, or what still stands in the way; undefined when nothing does. */
export type Moment = RegExp | (() => Promise<string | undefined>);

/**
 * Starts a command and, at some moment, kills it and all in its process group, as the kernel does when memory is short.
 *
 * @param mark in its environment, by which what it leaves behind is known.
 */
export async function killDuring(command: string[], moment: Moment, mark: string): Promise<void> {
  const child = spawn("npm", ["run", "--silent", ...command], {
    cwd: repository,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SLIPWAY_TEST: mark },
  });
  const exit = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
  await until(`the moment of npm run ${command.join(" ")} to kill it in`, () => {
    assert.equal(child.exitCode, null, output);
    if (typeof moment === "function") return moment();
    return moment.test(output) ? undefined : output;
  });
  process.kill(-Number(child.pid), "SIGKILL");
  const [, signal] = (await exit) as [number | null, string | null];
  assert.equal(signal, "SIGKILL", `npm run ${command.join(" ")} ended before it was killed: ${output}`);
  await until("the end of every process of the group", () =>
    groupIsGone(Number(child.pid)) ? undefined : "some are there",
  );
}
