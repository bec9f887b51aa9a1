import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { execa, ExecaError } from "execa";
import { hostProcess } from "../machine/hosts.js";
import { kubectl } from "../machine/kubectl.js";
import { controlPlane } from "../machine/layout.js";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import { searchPath } from "../shell/programs.js";

const RELAY = join(import.meta.dirname, "relay.mjs");

/** A pod of the cluster on this machine. */
export interface Pod {
  namespace: string;
  name: string;
}

export interface Streams {
  /** What the program reads. */
  input?: Readable | string;
  /** Where its output goes, one after the other; without it the output is given back. */
  output?: [...NodeJS.ReadWriteStream[], Writable];
}

/**
 * Runs a program in a pod and gives its output.
 *
 * @throws UserError with the end of what it complained of.
 */
export async function execIn(pod: Pod, command: string[], { input, output }: Streams = {}): Promise<string> {
  const stdin = input === undefined ? [] : ["--stdin"];
  const target = ["--kubeconfig", paths.kubeconfig, "exec", ...stdin, "--namespace", pod.namespace, pod.name];
  const child = execa("kubectl", [...target, "--", ...command], {
    env: { PATH: searchPath() },
    ...(input === undefined
      ? { stdin: "ignore" }
      : typeof input === "string"
        ? { input }
        : { stdin: "pipe" }),
    buffer: { stdout: output === undefined, stderr: true },
    stripFinalNewline: false,
  });
  const flows: Promise<unknown>[] = [child];
  // Of a program that ends early only its own words tell why.
  if (typeof input === "object") flows.push(pipeline(input, child.stdin).catch(() => child));
  if (output !== undefined) flows.push(pipeline([child.stdout, ...output]));
  try {
    await Promise.all(flows);
    return output === undefined ? (await child).stdout : "";
  } catch (error) {
    child.kill();
    await Promise.allSettled(flows);
    if (!(error instanceof ExecaError)) throw error;
    const complaint = String(error.stderr).trim().split("\n").slice(-5).join("\n");
    throw new UserError(`${command[0] ?? ""} in ${pod.namespace}/${pod.name} failed: ${complaint}`, {
      cause: error,
    });
  }
}

/** A way to a pod's port, by a socket of this machine. */
export type Tunnel = <T>(pod: Pod, port: number, use: (socket: string) => Promise<T>) => Promise<T>;

/**
 * Opens a way to a pod's port for as long as `use` takes, through the cluster's own network, where no port of this
 * machine has to be open meanwhile. The socket is in a folder that only its owner may enter.
 */
export const withTunnel: Tunnel = async (pod, port, use) => {
  const address = await addressOf(pod);
  const folder = await mkdtemp(join(tmpdir(), "slipway-tunnel-"));
  // By this ending MongoDB's client knows that it is no host's name.
  const path = join(folder, "pod.sock");
  const network = `--net=/proc/${hostProcess(controlPlane) ?? 0}/root/run/netns`;
  const relay = execa("nsenter", [network, process.execPath, RELAY, path, address, String(port)], {
    env: { PATH: searchPath() },
    reject: false,
    stdin: "pipe",
  });
  try {
    const ended = relay.then(({ stderr }) =>
      Promise.reject(new UserError(`no way to ${pod.name}: ${stderr}`)),
    );
    await Promise.race([once(relay.stdout, "data"), ended]);
    ended.catch(() => undefined); // From now on whoever uses the way notices.
    return await use(path);
  } finally {
    relay.stdin.end();
    await relay;
    await rm(folder, { recursive: true, force: true });
  }
};

async function addressOf({ namespace, name }: Pod): Promise<string> {
  const get = ["get", "pod", name, "--namespace", namespace, "--output=jsonpath={.status.podIP}"];
  const address = await kubectl(["--request-timeout=20s", ...get]);
  if (isIP(address) === 0)
    throw new UserError(`${namespace}/${name}: expected a pod with an address, got ${address || "none"}`);
  return address;
}
