import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../shell/errors.js";
import { signal, unlessGone } from "../shell/processes.js";
import { run } from "../shell/programs.js";
import { cgroup } from "./layout.js";

const cgroupRoots = () =>
  existsSync("/sys/fs/cgroup/cgroup.controllers")
    ? ["/sys/fs/cgroup"]
    : readdirSync("/sys/fs/cgroup", { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join("/sys/fs/cgroup", entry.name));

/** Where one of our control groups is, in each hierarchy that has it. */
export const controlGroups = (group = "") =>
  cgroupRoots()
    .map((root) => join(root, cgroup, group))
    .filter(existsSync);

/** Ids of every process below one of our control groups: the kernel's own record of what we started. */
export function processesIn(group = ""): number[] {
  const [folder] = controlGroups(group);
  if (folder === undefined) return [];
  return [".", ...subfolders(folder)].flatMap((below) => {
    const procs = unlessGone(() => readFileSync(join(folder, below, "cgroup.procs"), "utf8"), "");
    return procs.split("\n").filter(Boolean).map(Number);
  });
}

function subfolders(folder: string): string[] {
  return unlessGone(() => readdirSync(folder, { withFileTypes: true }), [])
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [name, ...subfolders(join(folder, name)).map((below) => join(name, below))]);
}

/** Kills what runs in one of our control groups, and removes it with all below it. */
export async function clearControlGroup(group = ""): Promise<void> {
  for (let round = 0; processesIn(group).length > 0; round++) {
    if (round === 100)
      throw new UserError(`processes ${processesIn(group).join(", ")} do not end, even when killed`);
    signal(processesIn(group), "SIGKILL");
    await sleep(100);
  }
  for (const root of controlGroups(group)) {
    const deepestFirst = ["", ...subfolders(root)].sort((a, b) => b.length - a.length);
    for (const folder of deepestFirst) await run("rmdir", [join(root, folder)]);
  }
}
