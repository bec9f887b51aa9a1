import assert from "node:assert/strict";
import { hostProcess } from "../../machine/hosts.js";
import { clusterProcesses } from "./footprint.js";
import { kubectl, until } from "./platform.js";

/** Process 1 of a host, by its id on this machine. */
export function processOneOf(host: string): number {
  return hostProcess(host) ?? assert.fail(`${host} does not run`);
}

export const nodeOf = (namespace: string, pod: string) =>
  kubectl("get", "pod", pod, "-n", namespace, "-o", "jsonpath={.spec.nodeName}");

/** As when the machine loses its power: nothing on it gets to say goodbye. */
export async function killNode(node: string): Promise<void> {
  process.kill(processOneOf(node), "SIGKILL");
  await until(`no process left on ${node}`, () =>
    clusterProcesses(node).length === 0 ? undefined : "some are there",
  );
}
