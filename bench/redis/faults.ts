import { setTimeout as sleep } from "node:timers/promises";
import { cutOff } from "../../tests/local/partition.js";
import { kubectl } from "../../tests/local/platform.js";
import { podProcess } from "../../tests/local/pod-processes.js";

const PAUSE_MS = 7000;
export const PARTITION_MS = 20_000;

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
    const heal = await cutOff(await serverProcess(namespace, pod));
    await sleep(PARTITION_MS);
    await heal();
  },
} as const;

export type Fault = keyof typeof faults;
