import { run } from "../../machine/shell.js";

const DROPPED = [
  ["INPUT", "!", "-i", "lo", "-j", "DROP"],
  ["OUTPUT", "!", "-o", "lo", "-j", "DROP"],
];

const inPod = (process: number, action: "-I" | "-D") =>
  Promise.all(
    DROPPED.map((rule) =>
      run("nsenter", [`--net=/proc/${process}/ns/net`, "iptables", "-w", action, ...rule], {
        fromDebian: true,
      }),
    ),
  );

/** Cuts off the pod of that process, by its id on this machine; gives what lets packets through again. */
export async function cutOff(process: number): Promise<() => Promise<unknown>> {
  await inPod(process, "-I");
  return () => inPod(process, "-D");
}
