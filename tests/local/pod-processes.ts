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

/** The first process of a pod's container that runs this program, by its id on this machine. */
export async function podProcess(namespace: string, pod: string, program: string): Promise<number> {
  const id = await podId(namespace, pod);
  const all = nodeIndexes(settings()).flatMap((index) =>
    CLASSES.flatMap((folder) => processesIn(`${nodeName(index)}/kubepods/${folder}pod${id}`)),
  );
  const found = all.filter((pid) => {
    const of = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
    try {
      return /^NSpid:.*\t1$/m.test(of("status")) && of("cmdline").split(/[\0 ]/)[0]?.endsWith(program);
    } catch {
      return false; // It has just ended.
    }
  });
  assert.equal(found.length, 1, `expected one ${program} of ${pod}, got ${found.join(", ") || "none"}`);
  return found[0] ?? 0;
}
