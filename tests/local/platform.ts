import { readFileSync } from "node:fs";
import { request } from "node:https";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { paths, repository } from "../../machine/layout.js";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

interface Status {
  nodes: { name: string; zone: string; ready: boolean }[];
  apps: { name: string; url: string; ready: boolean }[];
}

/** Runs one of the README's commands and gives what it printed. */
export function npmRun(...args: string[]): string {
  return execFileSync("npm", ["run", "--silent", ...args], { cwd: repository, encoding: "utf8" });
}

/** Asks the cluster; gives what kubectl printed. */
export const kubectl = (...args: string[]) =>
  execFileSync(join(paths.bin, "kubectl"), ["--kubeconfig", paths.kubeconfig, ...args], { encoding: "utf8" });

/** The platform's own account of itself. */
export const status = () => JSON.parse(npmRun("status", "--", "--json")) as Status;

/** Address of an app's entry; fails when it is not there. */
export function urlOf(app: string): string {
  const url = status().apps.find(({ name }) => name === app)?.url;
  if (url === undefined) throw new Error(`no app "${app}" runs; start the platform with "npm run up"`);
  return url;
}

/** One request through an entry, as a program on this machine makes it, certificate checked. */
export function call(url: string, method = "GET", body?: unknown): Promise<Answer> {
  const { hostname, port, pathname, search } = new URL(url);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    host: `${hostname}:${port}`,
    ...(text === undefined ? {} : { "content-type": "application/json" }),
  };
  const ca = readFileSync(join(paths.acmeRoot));
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path: pathname + search,
      method,
      headers,
      servername: hostname,
      ca,
    };
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.setTimeout(10_000, () => outgoing.destroy(new Error("no answer within 10 s")));
    outgoing.on("error", reject);
    outgoing.end(text);
  });
}
