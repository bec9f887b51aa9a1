import { ExecaError } from "execa";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import { quoted, run } from "../shell/programs.js";
import { waitUntil } from "../shell/waiting.js";
import { writeWhole } from "../shell/whole-file.js";
import { fingerprintOf } from "../toolchain/fingerprint.js";
import { controlPlane, inside } from "./layout.js";

/** A program that a host keeps running. */
export interface Service {
  name: string;
  /** The program and its arguments, with paths as the hosts see them. */
  command: string[];
  env?: Record<string, string>;
  /** Runs in the machine's own network instead of the host's; for the control plane's forwarder. */
  machineNetwork?: boolean;
}

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
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join("\n");
  const enter = host === controlPlane && !machineNetwork ? "nsenter --net=/run/netns " : "";
  return `#!/bin/sh\n# configuration ${configuration}\nexec 2>&1\n${exports}\nexec ${enter}${command.map(quoted).join(" \\\n  ")}\n`;
}

/** Where a host's supervisor looks for its services. */
export const servicesFolder = (host: string) => join(paths.hosts, host, "services");

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
  const folder = join(paths.hosts, host);
  const files = (await readdir(folder)).filter((name) =>
    /\.(json|toml|yaml|kubeconfig|corefile)$/.test(name),
  );
  return fingerprintOf(folder, files.sort());
}

async function writeExecutable(file: string, text: string): Promise<boolean> {
  if (existsSync(file) && (await readFile(file, "utf8")) === text) return false;
  await mkdir(join(file, ".."), { recursive: true });
  await writeWhole(file, text, 0o755);
  return true;
}

/** Waits until a host's supervisor has taken up a service, which it looks for every five seconds. */
export async function waitForService(host: string, service: string): Promise<void> {
  const ready = join(servicesFolder(host), service, "supervise/ok");
  await waitUntil(() => existsSync(ready), {
    intervalMs: 100,
    retries: 100,
    problem: `the supervisor of ${host} does not take up ${service}; see ${paths.logs}/${host}/host.log`,
  });
}

/**
 * Has a host's supervisor do something about services, such as `up`, `down` or `force-restart`.
 *
 * @param patienceSec for how long it waits for the programs; one that is forced is killed after that.
 * @throws UserError with what it could not do. A program that had to be killed, and was, is none of that.
 */
export async function supervise(
  host: string,
  action: string,
  services: string[],
  patienceSec = 5,
): Promise<void> {
  const folders = services.map((service) => join(servicesFolder(host), service));
  try {
    await run("sv", ["-w", String(patienceSec), action, ...folders], { fromDebian: true });
  } catch (error) {
    const cause = (error as UserError).cause;
    if (!(cause instanceof ExecaError)) throw error;
    const problems = String(cause.all)
      .split("\n")
      .filter((line) => line !== "" && !/^(ok|kill|run|down|finish): /.test(line));
    if (problems.length === 0 && /^kill: /m.test(String(cause.all))) return;
    throw new UserError(`the supervisor of ${host} could not "${action}": ${problems.join("; ")}`, { cause });
  }
}
