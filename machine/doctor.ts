import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { join } from "node:path";
import { missingPackages } from "./debian.js";
import { processesIn } from "./control-groups.js";
import { type Finding, check } from "./finding.js";
import { type Settings, repository } from "./layout.js";
import { run, UserError } from "./shell.js";
import { toolsAreBuilt } from "./tools.js";

const gibibyte = 1024 ** 3;
const neededMemory = 4;
const neededDisk = 15;
const neededDiskWhenBuilt = 3;
const supportedGo = 21;

/** What the checks of a Linux machine look at. */
export interface Machine {
  /** Whether the cluster runs already, and so has its memory. */
  running: boolean;
  memoryGiB: number;
  diskGiB: number;
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
    disk(machine),
    kernel(machine),
    ...programs(machine),
    ...(ownCluster ? ports(machine, settings) : []),
  ];
}

async function inspect(): Promise<Machine> {
  const available = /MemAvailable:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  const { bavail, bsize } = await statfs(repository);
  const ours = processesIn();
  const toolsBuilt = toolsAreBuilt();
  const missingPrograms: string[] = [];
  for (const program of ["unshare", "nsenter", "mount"]) {
    const path = await run("sh", ["-c", `command -v ${program}`]).catch(() => "");
    if (path === "") missingPrograms.push(program);
  }
  return {
    running: ours.length > 0,
    memoryGiB: available === undefined ? freemem() / gibibyte : Number(available) / 1024 ** 2,
    diskGiB: (bavail * bsize) / gibibyte,
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

function disk({ diskGiB, toolsBuilt }: Machine): Finding {
  const needed = toolsBuilt ? neededDiskWhenBuilt : neededDisk;
  return check(
    `disk: ${diskGiB.toFixed(0)} GiB free, ${needed} needed`,
    diskGiB >= needed,
    "free some space; `go clean -cache` gives back what builds left",
  );
}

function kernel({ filesystems }: Machine): Finding {
  const missing = ["overlay", "cgroup"].filter((name) => !filesystems.includes(name));
  return check(
    `kernel: ${missing.length === 0 ? "overlay and cgroup" : `without ${missing.join(", ")}`}`,
    missing.length === 0,
    `modprobe ${missing.join(" ")}`,
  );
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

/**
 * Which process listens on a TCP port of 127.0.0.1 or of every address.
 *
 * @param except tells which processes do not count, and is asked once the one is found.
 */
export function portHolder(port: number, except: () => number[] = () => []): string | undefined {
  const inode = ["/proc/net/tcp", "/proc/net/tcp6"]
    .filter(existsSync)
    .map((file) => listeningSocket(readFileSync(file, "utf8"), port))
    .find((found) => found !== undefined);
  if (inode === undefined) return undefined;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (openFiles(pid).includes(`socket:[${inode}]`)) {
      if (except().includes(Number(pid))) return undefined;
      return `process ${pid} (${readFileSync(`/proc/${pid}/comm`, "utf8").trim()})`;
    }
  }
  return "a process that cannot be seen from here";
}

// 0.0.0.0, 127.0.0.1, and the same two for IPv6, as the kernel writes them.
const takesLoopback = /^(0{8}|0100007F|0{32}|0{16}FFFF00000100007F)$/;

/** Inode of the socket that holds a port of 127.0.0.1, of a table like /proc/net/tcp. */
export function listeningSocket(table: string, port: number): string | undefined {
  const listening = table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .find(([, address = "", , state]) => {
      const [host = "", hexPort = ""] = address.split(":");
      return state === "0A" && parseInt(hexPort, 16) === port && takesLoopback.test(host);
    });
  return listening?.[9];
}

function openFiles(pid: string): string[] {
  const folder = join("/proc", pid, "fd");
  const links = whileThere(() => readdirSync(folder)) ?? [];
  return links.flatMap((descriptor) => whileThere(() => readlinkSync(join(folder, descriptor))) ?? []);
}

/** What is read of a process or of a descriptor, unless it ended while it was looked at. */
function whileThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
