import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { join } from "node:path";
import { missingPackages } from "./debian.js";
import { controlPlane, hostProcess, processesIn } from "./hosts.js";
import { type Settings, repository } from "./layout.js";
import { run, UserError } from "./shell.js";
import { toolsAreBuilt } from "./tools.js";

export interface Finding {
  /** What was looked at, and what was found. */
  title: string;
  ok: boolean;
  /** The command, or the step, that repairs it. */
  repair?: string;
}

const gibibyte = 1024 ** 3;
const neededMemory = 4;
const neededDisk = 15;
const supportedGo = 21;

const check = (title: string, ok: boolean, repair: string): Finding =>
  ok ? { title, ok } : { title, ok, repair };

/**
 * Every precondition of `npm run up`, in the order in which they matter.
 *
 * @param ownCluster whether a cluster is to be started here, which needs the ports.
 */
export async function diagnose(settings: Settings, ownCluster = true): Promise<Finding[]> {
  const system = [
    check(
      `operating system ${process.platform}`,
      process.platform === "linux",
      "run it on Linux, in a virtual machine for instance",
    ),
    check(
      `architecture ${process.arch}`,
      process.arch === "x64",
      "use an x86-64 machine; the pinned Node.js image is for that one only",
    ),
    check(`user ${process.getuid?.() ?? "unknown"}`, process.getuid?.() === 0, "sudo npm run up"),
  ];
  if (system.some(({ ok }) => !ok)) return system;
  return [
    ...system,
    memory(),
    await disk(),
    kernel(),
    ...(await programs()),
    ...(ownCluster ? ports(settings) : []),
  ];
}

/** @throws UserError that lists what is wrong and the repair of each. */
export async function requireHealthyMachine(settings: Settings, ownCluster: boolean): Promise<void> {
  const problems = (await diagnose(settings, ownCluster)).filter(({ ok }) => !ok);
  if (problems.length === 0) return;
  const list = problems.map(({ title, repair }) => `  - ${title}\n    repair: ${repair ?? ""}`).join("\n");
  throw new UserError(`this machine is not ready:\n${list}`);
}

function memory(): Finding {
  const available = /MemAvailable:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  const free = available === undefined ? freemem() / gibibyte : Number(available) / 1024 ** 2;
  const enough = free >= neededMemory || processesIn().length > 0;
  return check(
    `memory: ${free.toFixed(1)} GiB available, ${neededMemory} needed`,
    enough,
    "end other programs, or use a larger machine",
  );
}

async function disk(): Promise<Finding> {
  const { bavail, bsize } = await statfs(repository);
  const free = (bavail * bsize) / gibibyte;
  const needed = toolsAreBuilt() ? 3 : neededDisk;
  return check(
    `disk: ${free.toFixed(0)} GiB free, ${needed} needed`,
    free >= needed,
    "free some space; `go clean -cache` gives back what builds left",
  );
}

function kernel(): Finding {
  const filesystems = readFileSync("/proc/filesystems", "utf8");
  const missing = ["overlay", "cgroup"].filter((name) => !filesystems.includes(name));
  return check(
    `kernel: ${missing.length === 0 ? "overlay and cgroup" : `without ${missing.join(", ")}`}`,
    missing.length === 0,
    `modprobe ${missing.join(" ")}`,
  );
}

async function programs(): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (!toolsAreBuilt()) {
    const version = await run("go", ["env", "GOVERSION"]).catch(() => "not found");
    const minor = Number(/^go1\.(\d+)/.exec(version)?.[1] ?? 0);
    // From 1.21 on, Go fetches by itself the newer toolchain that a module asks for.
    findings.push(
      check(
        `Go: ${version.trim()}`,
        minor >= supportedGo,
        "install Go 1.21 or newer from https://go.dev/dl and put it on the PATH",
      ),
    );
  }
  const missing = await missingPackages();
  const hasApt = existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg-deb");
  const state = missing.length === 0 ? "all there" : `${missing.join(", ")} to be unpacked under .local`;
  findings.push(
    check(
      `programs: ${state}`,
      missing.length === 0 || hasApt,
      `install ${missing.join(" ")} with your distribution's package manager`,
    ),
  );
  for (const program of ["unshare", "nsenter", "mount"]) {
    const path = await run("sh", ["-c", `command -v ${program}`]).catch(() => "");
    if (path === "") findings.push(check(`${program}: not found`, false, "apt-get install util-linux mount"));
  }
  return findings;
}

function ports(settings: Settings): Finding[] {
  const flags = { httpPort: "--http-port", httpsPort: "--https-port", apiPort: "--api-port" } as const;
  const own = hostProcess(controlPlane) !== undefined;
  return (["httpPort", "httpsPort", "apiPort"] as const).map((key) => {
    const holder = own ? undefined : portHolder(settings[key]);
    const state = holder === undefined ? "free or ours" : `taken by ${holder}`;
    return check(
      `port ${settings[key]}: ${state}`,
      holder === undefined,
      `end that program, or choose another port: npm run up -- ${flags[key]} ${settings[key] + 1000}`,
    );
  });
}

/** Which process listens on a TCP port of 127.0.0.1 or of every address. */
export function portHolder(port: number): string | undefined {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  const listening = ["/proc/net/tcp", "/proc/net/tcp6"]
    .filter(existsSync)
    .flatMap((file) => readFileSync(file, "utf8").split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .find(([, address = "", , state]) => state === "0A" && address.endsWith(`:${hexPort}`));
  if (listening === undefined) return undefined;
  const inode = listening[9] ?? "";
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (openFiles(pid).includes(`socket:[${inode}]`)) {
      return `process ${pid} (${readFileSync(`/proc/${pid}/comm`, "utf8").trim()})`;
    }
  }
  return "a process that cannot be seen from here";
}

function openFiles(pid: string): string[] {
  try {
    const folder = join("/proc", pid, "fd");
    return readdirSync(folder).map((descriptor) => readlinkSync(join(folder, descriptor)));
  } catch {
    return []; // The process, or the descriptor, ended while it was looked at.
  }
}
