import { existsSync, readFileSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { availableParallelism, freemem } from "node:os";
import { processesIn } from "../machine/control-groups.js";
import type { Settings } from "../machine/layout.js";
import { UserError } from "../shell/errors.js";
import { repository } from "../shell/paths.js";
import { nearest } from "../shell/paths.js";
import { portHolder } from "../shell/port-holder.js";
import { run } from "../shell/programs.js";
import { missingPackages } from "../toolchain/debian.js";
import { toolsAreBuilt } from "../toolchain/tools.js";
import { type Finding, advise, check } from "./finding.js";

const gibibyte = 1024 ** 3;
const neededMemory = 4;
const neededDisk = 15;
const neededDiskWhenBuilt = 3;
/** Of the disk that is needed for the builds, what Go keeps in its cache. */
const neededCache = 10;
const wantedProcessors = 2;
const supportedGo = 21;

/** What the checks of a Linux machine look at. */
export interface Machine {
  /** Whether the cluster runs already, and so has its memory. */
  running: boolean;
  memoryGiB: number;
  processors: number;
  diskGiB: number;
  /** Where Go keeps what it compiled, if there is something to compile and that is on another disk. */
  cache?: { folder: string; freeGiB: number };
  /** What the kernel says to somebody who makes namespaces and mounts in them; nothing when it lets them. */
  refusal: string;
  /** Text of /proc/filesystems. */
  filesystems: string;
  toolsBuilt: boolean;
  /** Answer of `go env GOVERSION`. */
  go: string;
  missingPackages: string[];
  hasApt: boolean;
  missingPrograms: string[];
  /** Who, other than the cluster, listens on a port. */
  portHolder: (port: number) => string | undefined;
}

/**
 * Every precondition of `npm run up`, in the order in which they matter.
 *
 * @param ownCluster whether a cluster is to be started here, which needs the ports.
 */
export async function diagnose(settings: Settings, ownCluster = true): Promise<Finding[]> {
  const system = checkSystem(process.platform, process.arch, process.getuid?.());
  if (system.some(({ ok }) => !ok)) return system;
  return [...system, ...checkMachine(await inspect(), settings, ownCluster)];
}

/** Whether the machine is of the right kind; nothing else can be looked at otherwise. */
export function checkSystem(platform: string, architecture: string, user?: number): Finding[] {
  return [
    check(
      `operating system ${platform}`,
      platform === "linux",
      "run it on Linux, in a virtual machine for instance",
    ),
    check(
      `architecture ${architecture}`,
      architecture === "x64",
      "use an x86-64 machine; the pinned Node.js image is for that one only",
    ),
    check(`user ${user ?? "unknown"}`, user === 0, "sudo npm run up"),
  ];
}

export function checkMachine(machine: Machine, settings: Settings, ownCluster: boolean): Finding[] {
  return [
    memory(machine),
    processors(machine),
    disk(machine),
    ...cache(machine),
    kernel(machine),
    ...(ownCluster ? namespaces(machine) : []),
    ...programs(machine),
    ...(ownCluster ? ports(machine, settings) : []),
  ];
}

async function inspect(): Promise<Machine> {
  const available = /MemAvailable:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  const ours = processesIn();
  const toolsBuilt = toolsAreBuilt();
  const missingPrograms: string[] = [];
  for (const program of ["unshare", "nsenter", "flock", "mount"]) {
    const path = await run("sh", ["-c", `command -v ${program}`]).catch(() => "");
    if (path === "") missingPrograms.push(program);
  }
  return {
    running: ours.length > 0,
    memoryGiB: available === undefined ? freemem() / gibibyte : Number(available) / 1024 ** 2,
    processors: availableParallelism(),
    diskGiB: await freeGiB(repository),
    cache: toolsBuilt ? undefined : await inspectCache(),
    refusal: await inspectNamespaces(),
    filesystems: readFileSync("/proc/filesystems", "utf8"),
    toolsBuilt,
    go: toolsBuilt ? "" : await run("go", ["env", "GOVERSION"]).catch(() => "not found"),
    missingPackages: await missingPackages(),
    hasApt: existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg-deb"),
    missingPrograms,
    // Asked anew each time: a host that a killed command left half made goes on starting its programs meanwhile.
    portHolder: (port) => portHolder(port, processesIn),
  };
}

async function freeGiB(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return (bavail * bsize) / gibibyte;
}

async function inspectCache(): Promise<Machine["cache"]> {
  const folder = (await run("go", ["env", "GOCACHE"]).catch(() => "")).trim();
  if (folder === "") return undefined;
  const there = nearest(folder);
  if ((await stat(there)).dev === (await stat(repository)).dev) return undefined;
  return { folder, freeGiB: await freeGiB(there) };
}

/** Tries what a host of the cluster begins with, where nobody sees it. */
async function inspectNamespaces(): Promise<string> {
  const apart = ["--mount", "--propagation", "private", "--pid", "--net", "--fork"];
  return await run("unshare", [...apart, "mount", "-t", "tmpfs", "tmpfs", "/run"]).then(
    () => "",
    (error: unknown) => (error as Error).message.split("\n")[1] || "refused",
  );
}

/** @throws UserError that lists what is wrong and the repair of each. */
export async function requireHealthyMachine(settings: Settings, ownCluster: boolean): Promise<void> {
  const problems = (await diagnose(settings, ownCluster)).filter(({ ok }) => !ok);
  if (problems.length === 0) return;
  const list = problems.map(({ title, repair }) => `  - ${title}\n    repair: ${repair ?? ""}`).join("\n");
  throw new UserError(`this machine is not ready:\n${list}`);
}

function memory({ memoryGiB, running }: Machine): Finding {
  return check(
    `memory: ${memoryGiB.toFixed(1)} GiB available, ${neededMemory} needed`,
    memoryGiB >= neededMemory || running,
    "end other programs, or use a larger machine",
  );
}

function processors({ processors: count }: Machine): Finding {
  return advise(
    `processors: ${count}, ${wantedProcessors} wanted`,
    count >= wantedProcessors,
    "use a larger machine; on this one all takes twice as long, and up may give up waiting for the apps",
  );
}

function disk({ diskGiB, toolsBuilt }: Machine): Finding {
  const needed = toolsBuilt ? neededDiskWhenBuilt : neededDisk;
  return check(
    `disk: ${diskGiB.toFixed(0)} GiB free, ${needed} needed`,
    diskGiB >= needed,
    "free some space; `go clean -cache` gives back what builds left",
  );
}

function cache({ cache: found }: Machine): Finding[] {
  if (found === undefined) return [];
  return [
    check(
      `Go's cache: ${found.freeGiB.toFixed(0)} GiB free for ${found.folder}, ${neededCache} needed`,
      found.freeGiB >= neededCache,
      "free some space there, or choose another folder: GOCACHE=/elsewhere npm run up",
    ),
  ];
}

function kernel({ filesystems }: Machine): Finding {
  const missing = ["overlay", "cgroup"].filter((name) => !filesystems.includes(name));
  return check(
    `kernel: ${missing.length === 0 ? "overlay and cgroup" : `without ${missing.join(", ")}`}`,
    missing.length === 0,
    `modprobe ${missing.join(" ")}`,
  );
}

/** Without the programs for it there is nothing to say, and they are told of. */
function namespaces({ refusal, missingPrograms }: Machine): Finding[] {
  if (missingPrograms.length > 0) return [];
  const full = /No space left/.test(refusal);
  return [
    check(
      `namespaces: ${refusal === "" ? "can be made" : refusal}`,
      refusal === "",
      full
        ? "sysctl -w user.max_mnt_namespaces=1000 user.max_pid_namespaces=1000 user.max_net_namespaces=1000"
        : "in a container: start it with --privileged; elsewhere: run it as root of the machine itself",
    ),
  ];
}

function programs({ toolsBuilt, go, missingPackages, hasApt, missingPrograms }: Machine): Finding[] {
  const findings: Finding[] = [];
  if (!toolsBuilt) {
    const minor = Number(/^go1\.(\d+)/.exec(go)?.[1] ?? 0);
    // From 1.21 on, Go fetches by itself the newer toolchain that a module asks for.
    findings.push(
      check(
        `Go: ${go.trim()}`,
        minor >= supportedGo,
        "install Go 1.21 or newer from https://go.dev/dl and put it on the PATH",
      ),
    );
  }
  const missing = missingPackages;
  const state = missing.length === 0 ? "all there" : `${missing.join(", ")} to be unpacked under .local`;
  findings.push(
    check(
      `programs: ${state}`,
      missing.length === 0 || hasApt,
      `install ${missing.join(" ")} with your distribution's package manager`,
    ),
  );
  for (const program of missingPrograms)
    findings.push(check(`${program}: not found`, false, "apt-get install util-linux mount"));
  return findings;
}

function ports({ portHolder: holderOf }: Machine, settings: Settings): Finding[] {
  const flags = { httpPort: "--http-port", httpsPort: "--https-port", apiPort: "--api-port" } as const;
  const keys = ["httpPort", "httpsPort", "apiPort"] as const;
  return keys.map((key, index) => {
    const same = keys.slice(0, index).find((other) => settings[other] === settings[key]);
    const holder = same === undefined ? holderOf(settings[key]) : flags[same];
    const state = holder === undefined ? "free or ours" : `taken by ${holder}`;
    return check(
      `port ${settings[key]}: ${state}`,
      holder === undefined,
      `end that program, or choose another port: npm run up -- ${flags[key]} ${settings[key] + 1000}`,
    );
  });
}
