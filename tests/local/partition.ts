import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../machine/shell.js";

/** A node's, or a pod's, only way to others. */
const DEVICE = "eth0";
const DROPPED = [
  ["INPUT", "-i", DEVICE, "-j", "DROP"],
  ["OUTPUT", "-o", DEVICE, "-j", "DROP"],
  ["FORWARD", "-i", DEVICE, "-j", "DROP"],
  ["FORWARD", "-o", DEVICE, "-j", "DROP"],
];

/**
 * For so long, whatever has the network of that process, by its id on this machine, hears of nobody else and nobody of
 * it. Of a pod take "pause", which keeps its network whatever becomes of the others.
 */
export async function cutOff(process: number, durationMs: number): Promise<void> {
  const network = `--net=/proc/${process}/ns/net`;
  const change = async (action: "-I" | "-D") => {
    for (const rule of DROPPED)
      await run("nsenter", [network, "iptables", "-w", action, ...rule], { fromDebian: true });
  };
  await change("-I");
  try {
    await sleep(durationMs);
  } finally {
    await change("-D");
  }
}
