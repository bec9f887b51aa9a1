import { run } from "../../machine/shell.js";

const DROPPED = [
  ["INPUT", "!", "-i", "lo", "-j", "DROP"],
  ["OUTPUT", "!", "-o", "lo", "-j", "DROP"],
];

/**
 * Cuts off whatever has the same network as that process, by its id on this machine, but for itself; gives what lets
 * packets through again. The process has to last so long: of a pod, take the one that keeps its network, "pause".
 */
export async function cutOff(process: number): Promise<() => Promise<void>> {
  await change("-I");
  return () => change("-D");

  async function change(action: "-I" | "-D"): Promise<void> {
    for (const rule of DROPPED) {
      const args = [`--net=/proc/${process}/ns/net`, "iptables", "-w", action, ...rule];
      await run("nsenter", args, { fromDebian: true });
    }
  }
}
