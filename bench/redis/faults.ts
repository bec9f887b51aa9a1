import { setTimeout as sleep } from "node:timers/promises";
import { cutOff } from "../../tests/local/partition.js";
import { kubectl } from "../../tests/local/platform.js";
import { podProcess } from "../../tests/local/pod-processes.js";

const PAUSE_MS = 7000;
const PARTITION_MS = 20_000;

const serverProcess = (namespace: string, pod: string) => podProcess(namespace, pod, "redis-server");

/** What befalls a primary. Each returns when it has happened, and what it stopped goes on. */
export const faults = {
  async "kill -9"(namespace: string, pod: string) {
    process.kill(await serverProcess(namespace, pod), "SIGKILL");
  },

  async "forced deletion"(namespace: string, pod: string) {
    await kubectl("delete", "pod", pod, "-n", namespace, "--force", "--grace-period=0");
  },

  async "graceful deletion"(namespace: string, pod: string) {
    await kubectl("delete", "pod", pod, "-n", namespace, "--wait=false");
  },

  async pause(namespace: string, pod: string) {
    const pid = await serverProcess(namespace, pod);
    process.kill(pid, "SIGSTOP");
    await sleep(PAUSE_MS);
    process.kill(pid, "SIGCONT");
  },

  async partition(namespace: string, pod: string) {
    await cutOff(await podProcess(namespace, pod, "pause"), PARTITION_MS);
  },

  /** It is back at once, with an empty disk. Where the volume is the pod's own, there is no claim. */
  async "loss of the volume"(namespace: string, pod: string) {
    const claim = `data-${pod}`;
    await kubectl("delete", "pvc", claim, "-n", namespace, "--wait=false", "--ignore-not-found");
    await kubectl("delete", "pod", pod, "-n", namespace, "--force", "--grace-period=0");
  },
} as const;

export type Fault = keyof typeof faults;

/** Those that the promise about a dead primary is of. */
export const KILLS: readonly Fault[] = ["kill -9", "forced deletion", "graceful deletion", "pause"];
