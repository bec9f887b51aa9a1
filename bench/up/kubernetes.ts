import { KubeConfig } from "@kubernetes/client-node";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cgroup, controlPlane } from "../../machine/layout.js";
import { paths } from "../../shell/paths.js";

/** A client of the cluster that stands in this checkout. */
export function cluster(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(paths.kubeconfig);
  return config;
}

/** CPU seconds of the control plane since its host started, as the kernel keeps them; works with cgroup v1 and v2. */
export function controlPlaneCpuSec(): number {
  const group = join(cgroup, controlPlane, "system");
  const first = join("/sys/fs/cgroup/cpuacct", group, "cpuacct.usage");
  if (existsSync(first)) return Number(readFileSync(first, "utf8")) / 1e9;
  const second = join("/sys/fs/cgroup", group, "cpu.stat");
  if (!existsSync(second)) return NaN;
  return Number(/^usage_usec (\d+)$/m.exec(readFileSync(second, "utf8"))?.[1]) / 1e6;
}

/** The image of every pod's sandbox: it is on each node, and its program only waits. */
export function pauseImage(): string {
  const file = join(paths.hosts, "node-1/containerd.toml");
  const image = /sandbox = "(.+)"/.exec(readFileSync(file, "utf8"))?.[1];
  if (image === undefined) throw new Error(`${file} names no image for the pods' sandboxes`);
  return image;
}
