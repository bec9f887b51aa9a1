import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { cgroup } from "../../machine/layout.js";
import { run } from "../../shell/programs.js";

/** What a process, a folder or a descriptor shows, unless it is gone or is not to be seen. */
function glance<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

export interface Process {
  pid: number;
  command: string;
  group: number;
  /** In clock ticks after the machine's start; with the id it names one process for ever. */
  start: number;
}

/** Fields of /proc/PID/stat from the third on: state, parent, group and so on. */
const fieldsOf = (pid: number) =>
  glance(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "")
    .split(") ")[1]
    ?.split(" ") ?? [];

function allProcesses(): (Process & { ended: boolean })[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).map((pid) => {
    const [state, , group, ...rest] = fieldsOf(pid);
    return {
      pid,
      group: Number(group),
      command: glance(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "")
        .replaceAll("\0", " ")
        .trim(),
      // Some are there only because their parent has not noticed yet.
      ended: state === undefined || state === "Z",
      start: Number(rest[16]),
    };
  });
}

const processes = () => allProcesses().filter(({ ended }) => !ended);

/** Processes that inherited a variable, which a test gives to the command whose traces it follows. */
export function markedProcesses(variable: string): Process[] {
  return processes().filter(({ pid }) =>
    glance(() => readFileSync(`/proc/${pid}/environ`, "utf8"), "")
      .split("\0")
      .includes(variable),
  );
}

/** Whether every process of a group has ended. */
export const groupIsGone = (of: number) => processes().every(({ group }) => group !== of);

/** Processes in this checkout's control groups, or in one of those. */
export function clusterProcesses(group = ""): Process[] {
  const inside = (pid: number) => glance(() => readFileSync(`/proc/${pid}/cgroup`, "utf8"), "");
  return processes().filter(({ pid }) => inside(pid).includes(`:/${join(cgroup, group)}`));
}

/** Those of some processes that still run. */
export function stillRunning(earlier: Process[]): Process[] {
  const now = new Set(processes().map(({ pid, start }) => `${pid} ${start}`));
  return earlier.filter(({ pid, start }) => now.has(`${pid} ${start}`));
}

const namespaceKinds = ["mnt", "net", "pid", "ipc", "uts"];
const namespacesOf = (pid: number) =>
  namespaceKinds.map((kind) => glance(() => readlinkSync(`/proc/${pid}/ns/${kind}`), ""));

/** Namespaces that some processes are in and this one is not. */
export function namespacesApart(of: Process[]): Set<string> {
  const apart = new Set(of.flatMap(({ pid }) => namespacesOf(pid)));
  for (const shared of ["", ...namespacesOf(process.pid)]) apart.delete(shared);
  return apart;
}

/** Processes in one of these namespaces; the kernel gives their numbers again, so later processes do not count. */
export function processesIn(namespaces: Set<string>, startedUntil: number): Process[] {
  return processes().filter(
    ({ pid, start }) => start <= startedUntil && namespacesOf(pid).some((one) => namespaces.has(one)),
  );
}

/** Addresses of the machine's own network on which somebody listens, or takes datagrams, by the socket's inode. */
export function openSockets(): Map<string, string> {
  const rows = (file: string, state: string) =>
    readFileSync(`/proc/net/${file}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === state)
      .map((fields): [string, string] => [fields[9] ?? "", `${file} ${fields[1] ?? ""}`]);
  return new Map([
    ...["tcp", "tcp6"].flatMap((file) => rows(file, "0A")),
    ...["udp", "udp6"].flatMap((file) => rows(file, "07")),
  ]);
}

/** Of those, the addresses whose sockets some processes hold. */
export function socketsOf(holders: Process[]): string[] {
  const open = openSockets();
  const links = holders.flatMap(({ pid }) =>
    glance(() => readdirSync(`/proc/${pid}/fd`), []).map((descriptor) =>
      glance(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`), ""),
    ),
  );
  const held = links.flatMap((link) => open.get(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "") ?? []);
  return [...new Set(held)].sort();
}

function* below(folder: string): Generator<string> {
  for (const entry of glance(() => readdirSync(folder, { withFileTypes: true }), [])) {
    const path = join(folder, entry.name);
    yield path;
    if (entry.isDirectory()) yield* below(path);
  }
}

/** These programs are perhaps not the machine's own but among the unpacked ones. */
const output = async (file: string, ...args: string[]) =>
  (await run(file, args, { fromDebian: true })).split("\n");

/** Comments hold the time, and counters count. */
const rulesOf = (lines: string[]) =>
  lines.filter((line) => !line.startsWith("#")).map((line) => line.replace(/\[\d+:\d+\]/, ""));

/** Where the machine's own programs write all the time. */
const busy = /^\/(run\/(systemd|udev|user)|var\/lib\/(apt|dpkg|systemd)|var\/log\/journal)\//;

/** Control groups of other checkouts, which come and go as their own commands say. */
const others = /\/slipway-[0-9a-f]{8}(\/|$)/;

/** All that a command could leave on the machine besides processes. */
export async function footprint(): Promise<Record<string, string[]>> {
  return {
    mounts: readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .map((line) => line.split(" ").slice(3).join(" ")),
    links: readdirSync("/sys/class/net"),
    addresses: await output("ip", "-o", "address"),
    routes: await output("ip", "route", "show", "table", "all"),
    "packet filter rules": [
      ...rulesOf(await output("iptables-save")),
      ...rulesOf(await output("ip6tables-save")),
    ],
    "control groups": [...below("/sys/fs/cgroup")].filter(
      (path) => path.includes(`/${cgroup}`) || !others.test(path),
    ),
    files: ["/run", "/var/lib", "/var/log", "/etc", "/opt"]
      .flatMap((folder) => [...below(folder)])
      .filter((path) => !busy.test(path)),
  };
}
