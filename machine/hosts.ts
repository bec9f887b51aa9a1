import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../shell/errors.js";
import { local, paths, repository } from "../shell/paths.js";
import { signal, unlessGone } from "../shell/processes.js";
import { run } from "../shell/programs.js";
import { waitUntil } from "../shell/waiting.js";
import { clearControlGroup, processesIn } from "./control-groups.js";
import { cgroup, controlPlane, inside, network } from "./layout.js";
import { nodeIndexes, nodeName, type Settings } from "./layout.js";
import { servicesFolder, supervise, waitForService, writeServices, type Service } from "./services.js";

/** Process 1 of a host by its id on the machine, if the host is there; it may still be getting ready. */
export function hostProcess(host: string): number | undefined {
  return processesIn(`${host}/system`).find((pid) => {
    const status = unlessGone(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
    return /^NSpid:.*\t(\d+)$/m.exec(status)?.[1] === "1";
  });
}

/** Whether a host's supervisor runs: until then process 1 is the script that makes the host. */
function isSupervised(host: string): boolean {
  const pid = hostProcess(host);
  if (pid === undefined || !existsSync(`/proc/${pid}/root${inside}/bin`)) return false;
  return unlessGone(() => readFileSync(`/proc/${pid}/comm`, "utf8"), "").trim() === "runsvdir";
}

async function waitForSupervisor(host: string): Promise<void> {
  await waitUntil(() => isSupervised(host), {
    intervalMs: 100,
    retries: 100,
    problem: `host ${host} did not start within 10 s; see ${join(paths.logs, host, "host.log")}`,
  });
}

/** Starts a host that does not run; one that runs gets its changed services restarted and its stopped ones started. */
export async function ensureHost(host: string, services: Service[]): Promise<void> {
  if (hostProcess(host) === undefined) {
    await startHost(host, services);
    return;
  }
  await waitForSupervisor(host);
  const changed = await writeServices(host, services);
  for (const { name } of services) await waitForService(host, name);
  // Killed when it does not end in time: the API server waits a minute for those who watch it.
  if (changed.length > 0) await supervise(host, "force-restart", changed);
  // A "down" that was interrupted leaves some that were told to stop, which their supervisor obeys for ever.
  await supervise(
    host,
    "up",
    services.map(({ name }) => name),
  );
}

async function startHost(host: string, services: Service[]): Promise<void> {
  // What a host that was killed leaves: a kubelet spends seconds on each container that a control group tells of,
  // and the supervisor's own state would be that of processes long gone.
  await clearControlGroup(host);
  await rm(servicesFolder(host), { recursive: true, force: true });
  await writeServices(host, services);
  await mkdir(join(paths.logs, host), { recursive: true });
  const log = await open(join(paths.logs, host, "host.log"), "a");
  spawn("sh", [join(repository, "machine/host.sh"), local, cgroup, host], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: {
      ...process.env,
      PATH: `${inside}/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin`,
      TMPDIR: "/tmp",
    },
    cwd: "/",
  }).unref();
  await log.close();
  await waitForSupervisor(host);
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
  if (RegExp(`^${plug}[@ ]`, "m").test(await inSwitch("-brief", "link")))
    await inSwitch("link", "delete", plug);
  await inSwitch("link", "add", plug, "type", "veth", "peer", "name", "eth0", "netns", String(pid));
  await inSwitch("link", "set", plug, "master", "nodes", "up");
  await inSwitch("route", "replace", network.podRange(index), "via", network.nodeAddress(index));
  await inNode("address", "add", `${network.nodeAddress(index)}/24`, "dev", "eth0");
  await inNode("link", "set", "eth0", "up");
  await inNode("route", "add", "default", "via", network.controlPlane);
}

/** Ends every host: containers get a chance to save first, then all processes go, then their control groups. */
export async function stopHosts(settings: Settings, tell: (line: string) => void): Promise<void> {
  const nodes = nodeIndexes(settings).map(nodeName);
  await Promise.all(nodes.map((node) => inOrder(tell, node, "down", "kubelet")));
  const containers = () => nodes.flatMap((node) => processesIn(`${node}/kubepods`));
  signal(containers(), "SIGTERM");
  for (let waited = 0; containers().length > 0 && waited < 50; waited++) await sleep(200);
  // It waits a minute for those who watch it, and etcd would wait for it; what it was told is in etcd by now.
  await inOrder(tell, controlPlane, "force-stop", "kube-apiserver", 1);
  await inOrder(tell, controlPlane, "down", "etcd");
  await clearControlGroup();
}

/** A service that does not end in order is told of, and no reason to stop: all that runs is killed in the end. */
async function inOrder(
  tell: (line: string) => void,
  host: string,
  action: "down" | "force-stop",
  service: string,
  patienceSec?: number,
): Promise<void> {
  if (!isSupervised(host)) return;
  try {
    await supervise(host, action, [service], patienceSec);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    tell(error.message);
  }
}
