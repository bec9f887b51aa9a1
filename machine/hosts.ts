import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  cgroup,
  inside,
  local,
  network,
  nodeIndexes,
  nodeName,
  paths,
  repository,
  type Settings,
} from "./layout.js";
import { run, UserError } from "./shell.js";

export const controlPlane = "control-plane";

/** A program that a host keeps running. */
export interface Service {
  name: string;
  /** The program and its arguments, with paths as the hosts see them. */
  command: string[];
  env?: Record<string, string>;
  /** Runs in the machine's own network instead of the host's; for the control plane's forwarder. */
  machineNetwork?: boolean;
}

const quote = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * The script that runit starts for a service.
 *
 * @param configuration fingerprint of the files that the host's programs read, so that a change there is a change here.
 */
export function runScript(
  host: string,
  { command, env = {}, machineNetwork = false }: Service,
  configuration = "",
): string {
  const exports = Object.entries(env)
    .map(([name, value]) => `export ${name}=${quote(value)}`)
    .join("\n");
  const enter = host === controlPlane && !machineNetwork ? "nsenter --net=/run/netns " : "";
  return `#!/bin/sh\n# configuration ${configuration}\nexec 2>&1\n${exports}\nexec ${enter}${command.map(quote).join(" \\\n  ")}\n`;
}

const servicesFolder = (host: string) => join(paths.hosts, host, "services");

/** Writes a host's services; gives the names of those whose definition changed. */
export async function writeServices(host: string, services: Service[]): Promise<string[]> {
  const changed: string[] = [];
  const configuration = await configurationOf(host);
  for (const service of services) {
    const folder = join(servicesFolder(host), service.name);
    if (await writeExecutable(join(folder, "run"), runScript(host, service, configuration)))
      changed.push(service.name);
    const log = `${inside}/logs/${host}/${service.name}`;
    await writeExecutable(join(folder, "log/run"), `#!/bin/sh\nmkdir -p ${log}\nexec svlogd -tt ${log}\n`);
  }
  return changed;
}

/** Fingerprint of a host's configuration files. */
async function configurationOf(host: string): Promise<string> {
  const hash = createHash("sha256");
  const folder = join(paths.hosts, host);
  const files = (await readdir(folder)).filter((name) =>
    /\.(json|toml|yaml|kubeconfig|corefile)$/.test(name),
  );
  for (const file of files.sort()) hash.update(file).update(await readFile(join(folder, file)));
  return hash.digest("hex").slice(0, 16);
}

async function writeExecutable(file: string, text: string): Promise<boolean> {
  if (existsSync(file) && (await readFile(file, "utf8")) === text) return false;
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(`${file}.new`, text);
  await chmod(`${file}.new`, 0o755);
  await rename(`${file}.new`, file);
  return true;
}

const cgroupRoots = () =>
  existsSync("/sys/fs/cgroup/cgroup.controllers")
    ? ["/sys/fs/cgroup"]
    : readdirSync("/sys/fs/cgroup", { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join("/sys/fs/cgroup", entry.name));

const firstRoot = () => cgroupRoots().find((root) => existsSync(join(root, cgroup)));

/** Ids of every process below one of our control groups: the kernel's own record of what we started. */
export function processesIn(group = ""): number[] {
  const root = firstRoot();
  if (root === undefined || !existsSync(join(root, cgroup, group))) return [];
  const folders = [".", ...subfolders(join(root, cgroup, group))];
  return folders.flatMap((folder) => {
    const procs = unlessGone(
      () => readFileSync(join(root, cgroup, group, folder, "cgroup.procs"), "utf8"),
      "",
    );
    return procs.split("\n").filter(Boolean).map(Number);
  });
}

function subfolders(folder: string): string[] {
  return unlessGone(() => readdirSync(folder, { withFileTypes: true }), [])
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [name, ...subfolders(join(folder, name)).map((below) => join(name, below))]);
}

/** Reads of a control group or a process, either of which may end at any moment. */
function unlessGone<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ENODEV", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return otherwise;
    throw error;
  }
}

/** Process 1 of a host by its id on the machine, if the host runs. */
export function hostProcess(host: string): number | undefined {
  return processesIn(`${host}/system`).find((pid) => {
    const status = unlessGone(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
    return /^NSpid:.*\t(\d+)$/m.exec(status)?.[1] === "1";
  });
}

/** Starts a host that does not run; one that runs gets its changed services restarted and its stopped ones started. */
export async function ensureHost(host: string, services: Service[]): Promise<void> {
  if (hostProcess(host) !== undefined) {
    for (const service of await writeServices(host, services)) {
      // Killed when it does not end in time: the API server waits a minute for those who watch it.
      await run("sv", ["-w", "5", "force-restart", join(servicesFolder(host), service)]).catch(
        () => undefined,
      );
    }
    // A "down" that was interrupted leaves some that were told to stop, which their supervisor obeys for ever.
    const folders = services.map(({ name }) => join(servicesFolder(host), name));
    await run("sv", ["up", ...folders]).catch(() => undefined);
    return;
  }
  // What a host that was killed leaves: a kubelet spends seconds on each container that a control group tells of,
  // and the supervisor's own state would be that of processes long gone.
  await clear(host);
  await rm(servicesFolder(host), { recursive: true, force: true });
  await writeServices(host, services);
  await mkdir(join(paths.logs, host), { recursive: true });
  const log = await open(join(paths.logs, host, "host.log"), "a");
  spawn("sh", [join(repository, "machine/host.sh"), local, cgroup, host], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: {
      ...process.env,
      PATH: `${inside}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      TMPDIR: "/tmp",
    },
    cwd: "/",
  }).unref();
  await log.close();
  for (let waited = 0; waited < 100; waited++) {
    const pid = hostProcess(host);
    if (
      pid !== undefined &&
      existsSync(`/proc/${pid}/root${inside}/bin`) &&
      /runsvdir/.test(readFileSync(`/proc/${pid}/comm`, "utf8"))
    )
      return;
    await sleep(100);
  }
  throw new UserError(`host ${host} did not start within 10 s; see ${join(paths.logs, host, "host.log")}`);
}

const switchNamespace = () => `/proc/${hostProcess(controlPlane) ?? 0}/root/run/netns`;

/** Plugs a node into the control plane's switch, unless it is. */
export async function connectNode(index: number): Promise<void> {
  const pid = hostProcess(nodeName(index));
  if (pid === undefined) throw new UserError(`${nodeName(index)} does not run; run "npm run up"`);
  const inNode = (...args: string[]) =>
    run("nsenter", [`--net=/proc/${pid}/ns/net`, "ip", ...args], { fromDebian: true });
  const inSwitch = (...args: string[]) =>
    run("nsenter", [`--net=${switchNamespace()}`, "ip", ...args], { fromDebian: true });
  // The last thing made below, so a node that was only half plugged in is plugged in anew.
  if ((await inNode("route", "show", "default")) !== "") return;
  const plug = nodeName(index);
  await inSwitch("link", "delete", plug).catch(() => undefined);
  await inSwitch("link", "add", plug, "type", "veth", "peer", "name", "eth0", "netns", String(pid));
  await inSwitch("link", "set", plug, "master", "nodes", "up");
  await inSwitch("route", "replace", network.podRange(index), "via", network.nodeAddress(index));
  await inNode("address", "add", `${network.nodeAddress(index)}/24`, "dev", "eth0");
  await inNode("link", "set", "eth0", "up");
  await inNode("route", "add", "default", "via", network.controlPlane);
}

/** Ends every host: containers get a chance to save first, then all processes go, then their control groups. */
export async function stopHosts(settings: Settings): Promise<void> {
  const nodes = nodeIndexes(settings).map(nodeName);
  const stop = (host: string, service: string) =>
    run("sv", ["-w", "5", "down", join(servicesFolder(host), service)]).catch(() => undefined);
  await Promise.all(nodes.map((node) => stop(node, "kubelet")));
  const containers = () => nodes.flatMap((node) => processesIn(`${node}/kubepods`));
  signal(containers(), "SIGTERM");
  for (let waited = 0; containers().length > 0 && waited < 50; waited++) await sleep(200);
  await stop(controlPlane, "etcd");
  await clear();
}

/** Kills what runs in one of our control groups, and removes it with all below it. */
async function clear(group = ""): Promise<void> {
  for (let round = 0; processesIn(group).length > 0; round++) {
    if (round === 100)
      throw new UserError(`processes ${processesIn(group).join(", ")} do not end, even when killed`);
    signal(processesIn(group), "SIGKILL");
    await sleep(100);
  }
  await removeControlGroups(group);
}

function signal(pids: number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // ESRCH: it ended by itself meanwhile.
    }
  }
}

async function removeControlGroups(group: string): Promise<void> {
  for (const root of cgroupRoots()
    .map((folder) => join(folder, cgroup, group))
    .filter(existsSync)) {
    const deepestFirst = ["", ...subfolders(root)].sort((a, b) => b.length - a.length);
    for (const folder of deepestFirst) await run("rmdir", [join(root, folder)]);
  }
}
