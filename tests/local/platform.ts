import { execa } from "execa";
import { readFileSync } from "node:fs";
import { type Agent, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Settings } from "../../machine/layout.js";
import { paths, repository } from "../../shell/paths.js";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface CallOptions {
  /** A body as it is, instead of one that is made JSON. */
  raw?: string;
  headers?: Record<string, string>;
  agent?: Agent;
}

interface Status {
  nodes: { name: string; zone: string; ready: boolean }[];
  apps: { name: string; url: string; ready: boolean }[];
}

/** Runs one of the README's commands and gives what it printed; a failure tells all of its output. */
export async function npmRun(...args: string[]): Promise<string> {
  return (await execa("npm", ["run", "--silent", ...args], { cwd: repository, all: true })).stdout;
}

const program = join(paths.bin, "kubectl");
const asAdmin = ["--kubeconfig", paths.kubeconfig, "--request-timeout=30s"];

/** Asks the cluster; gives what kubectl printed. */
export async function kubectl(...args: string[]): Promise<string> {
  return (await execa(program, [...asAdmin, ...args])).stdout;
}

/** What admission says to an object that is not created; "" when it has no objection. */
export async function refusalOf(object: object): Promise<string> {
  const dryRun = ["create", "--dry-run=server", "-f", "-"];
  const { failed, stderr } = await execa(program, [...asAdmin, ...dryRun], {
    input: JSON.stringify(object),
    reject: false,
  });
  return failed ? stderr : "";
}

/** Creates objects, in this order, or brings them to what they are here. */
export async function apply(...items: object[]): Promise<void> {
  const list = { apiVersion: "v1", kind: "List", items };
  await execa(program, [...asAdmin, "apply", "-f", "-"], { input: JSON.stringify(list) });
}

/** Objects of some kinds, as the cluster has them. */
export async function objects(kinds: string, ...args: string[]): Promise<any[]> {
  return (JSON.parse(await kubectl("get", kinds, ...args, "-o", "json")) as { items: any[] }).items;
}

/** Waits until a Deployment's or StatefulSet's pods are all there, ready and of the latest version. */
export const rolledOut = (workload: string, namespace = "journal") =>
  kubectl("rollout", "status", workload, "-n", namespace, "--timeout=120s", "--request-timeout=0");

/** Waits until every pod is ready or has done what it was for, and none is on its way out. */
export const settled = () =>
  until("every pod ready, and none about to go", async () => {
    const restless = (await objects("pods", "-A")).filter(
      ({ metadata, status: { phase, conditions = [] } }) =>
        metadata.deletionTimestamp !== undefined ||
        (phase !== "Succeeded" &&
          !conditions.some((condition: any) => condition.type === "Ready" && condition.status === "True")),
    );
    // A node that is back is taken for away for some seconds more, and pods may have to leave it yet.
    const leaving = (await objects("nodes")).filter(({ spec: { taints = [] } }) =>
      taints.some(({ effect }: any) => effect === "NoExecute"),
    );
    return [...restless, ...leaving].map(({ metadata }) => metadata.name as string).join(", ") || undefined;
  });

/** The platform's own account of itself. */
export const status = async () => JSON.parse(await npmRun("status", "--", "--json")) as Status;

/** The settings that the platform runs with. */
export const settings = () => JSON.parse(readFileSync(paths.settings, "utf8")) as Settings;

/** Address of an app's entry, https as the platform prints it unless asked for the other. */
export function urlOf(app: string, protocol: "http" | "https" = "https"): string {
  const { httpPort, httpsPort } = settings();
  return `${protocol}://${app}.localhost:${protocol === "http" ? httpPort : httpsPort}`;
}

/** One request through an entry, as a program on this machine makes it, certificate checked. */
export function call(
  url: string,
  method = "GET",
  json?: unknown,
  options: CallOptions = {},
): Promise<Answer> {
  const { protocol, hostname, port } = new URL(url);
  const text = options.raw ?? (json === undefined ? undefined : JSON.stringify(json));
  const common = {
    host: "127.0.0.1",
    port,
    method,
    // As written: a URL object would tidy up what a test means to be untidy.
    path: /^\w+:\/\/[^/]*(.*)$/.exec(url)?.[1] || "/",
    agent: options.agent,
    headers: {
      host: `${hostname}:${port}`,
      ...(text === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
  };
  return new Promise((resolve, reject) => {
    const outgoing =
      protocol === "https:"
        ? httpsRequest({ ...common, servername: hostname, ca: readFileSync(paths.acmeRoot) })
        : httpRequest(common);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error("no answer within 10 s")));
    outgoing.on("error", reject);
    outgoing.end(text);
  });
}

/**
 * Waits, a bounded time, until something is so.
 *
 * @param what the sentence that fails when it never gets so.
 * @param problem what still stands in the way, undefined when nothing does; an error counts as its message.
 */
export async function until(
  what: string,
  problem: () => Promise<string | undefined> | string | undefined,
  patienceSec = 60,
): Promise<void> {
  const deadline = Date.now() + patienceSec * 1000;
  for (;;) {
    const found = await (async () => problem())().catch((error: unknown) => String(error));
    if (found === undefined) return;
    if (Date.now() > deadline) throw new Error(`expected within ${patienceSec} s: ${what}; still: ${found}`);
    await sleep(250);
  }
}
