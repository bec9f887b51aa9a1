import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { KubeConfig, PortForward } from "@kubernetes/client-node";
import { execa, ExecaError } from "execa";
import { paths } from "../layout.js";
import { searchPath, UserError } from "../shell.js";

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
 * Opens a way to a pod's port for as long as `use` takes. It is a socket in a folder that only its owner may enter: on
 * a port of this machine everybody could connect.
 */
export const withTunnel: Tunnel = async (pod, port, use) => {
  const config = new KubeConfig();
  config.loadFromFile(paths.kubeconfig);
  const forward = new PortForward(config);
  const folder = await mkdtemp(join(tmpdir(), "slipway-tunnel-"));
  const path = join(folder, "socket");
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined); // Its client hears of it, and says so.
    socket.on("close", () => open.delete(socket));
    forward.portForward(pod.namespace, pod.name, [port], socket, null, socket).then(
      (connection) => {
        const webSocket = typeof connection === "function" ? connection() : connection;
        socket.on("close", () => webSocket?.close());
        webSocket?.on("close", () => socket.destroy());
      },
      (error: unknown) => socket.destroy(error as Error),
    );
  });
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
    return await use(path);
  } finally {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  }
};
