import { readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { unlessGone } from "../../shell/processes.js";
import { run } from "../../shell/programs.js";
import { clusterProcesses } from "./footprint.js";

/** A node's, or a pod's, only way to others. */
const DEVICE = "eth0";
/** On each rule of a cut, and on no other; without anything that iptables-save would quote. */
const MARK = "slipway-cut-off";
const DROPPED = [
  ["INPUT", "-i", DEVICE],
  ["OUTPUT", "-o", DEVICE],
  ["FORWARD", "-i", DEVICE],
  ["FORWARD", "-o", DEVICE],
].map((traffic) => [...traffic, "-m", "comment", "--comment", MARK, "-j", "DROP"]);

/**
 * For so long, whatever has the network of that process, by its id on this machine, hears of nobody else and nobody of
 * it. Of a pod take "pause", which keeps its network whatever becomes of the others.
 */
export async function cutOff(process: number, durationMs: number): Promise<void> {
  await endCut(process);
  try {
    for (const rule of DROPPED) await inNetworkOf(process, "iptables", "-w", "-I", ...rule);
    await sleep(durationMs);
  } finally {
    await endCut(process);
  }
}

/** Ends the cuts of tests that were killed meanwhile, which nobody else would: of every node and every pod. */
export async function endAllCuts(): Promise<void> {
  const networkOf = (pid: number) => unlessGone(() => readlinkSync(`/proc/${pid}/ns/net`), "");
  // The oldest in a network is the last that leaves it.
  const oldestLast = clusterProcesses().sort((one, other) => other.start - one.start);
  const networks = new Map(oldestLast.map(({ pid }) => [networkOf(pid), pid]));
  for (const shared of ["", networkOf(process.pid)]) networks.delete(shared);
  for (const [network, holder] of networks) {
    await endCut(holder).catch((error: unknown) => {
      if (networkOf(holder) === network) throw error;
    });
  }
}

async function endCut(process: number): Promise<void> {
  const rules = (await inNetworkOf(process, "iptables-save", "-t", "filter")).split("\n");
  for (const rule of rules.filter((each) => each.split(" ").includes(MARK)))
    await inNetworkOf(process, "iptables", "-w", ...rule.replace(/^-A /, "-D ").split(" "));
}

const inNetworkOf = (process: number, ...command: string[]) =>
  run("nsenter", [`--net=/proc/${process}/ns/net`, ...command], { fromDebian: true });
