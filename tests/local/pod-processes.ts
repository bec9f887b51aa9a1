import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { processesIn } from "../../machine/control-groups.js";
import { nodeIndexes, nodeName } from "../../machine/layout.js";
import { objects, settings } from "./platform.js";

/** Id of a pod, which another pod of the same name does not have; "" when there is none. */
export async function podId(namespace: string, pod: string): Promise<string> {
  const [found] = await objects("pods", "-n", namespace, `--field-selector=metadata.name=${pod}`);
  return (found?.metadata.uid ?? "") as string;
}

/** Folders of a node's pods: those whose limits are what they ask for, those that ask for less, and for nothing. */
const CLASSES = ["", "burstable/", "besteffort/"];

/**
 * The process of a pod that runs this program, by its id on this machine. Where several do, the one that its container
 * was started with.
 */
export async function podProcess(namespace: string, pod: string, program: string): Promise<number> {
  const id = await podId(namespace, pod);
  const all = nodeIndexes(settings()).flatMap((index) =>
    CLASSES.flatMap((folder) => processesIn(`${nodeName(index)}/kubepods/${folder}pod${id}`)),
  );
  const running = all.filter((pid) => told(pid, "cmdline").split(/[\0 ]/)[0]?.endsWith(program));
  const first = running.filter((pid) => /^NSpid:.*\t1$/m.test(told(pid, "status")));
  const found = running.length > 1 ? first : running;
  assert.equal(found.length, 1, `expected one ${program} of ${pod}, got ${found.join(", ") || "none"}`);
  return found[0] ?? 0;
}

/** What the kernel tells of a process; "" of one that has just ended. */
function told(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
