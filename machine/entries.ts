import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hostProcess, controlPlane } from "./hosts.js";
import { paths } from "./layout.js";
import { run, UserError } from "./shell.js";

/** Asks an address as a browser on this machine would: names below localhost are 127.0.0.1. */
export async function statusOf(url: string): Promise<number> {
  const { protocol, hostname, port, pathname } = new URL(url);
  const options = {
    host: "127.0.0.1",
    port,
    path: pathname,
    headers: { host: `${hostname}:${port}` },
    timeout: 5000,
  };
  const ca = existsSync(paths.acmeRoot) ? readFileSync(paths.acmeRoot) : undefined;
  return new Promise((resolve, reject) => {
    const answer = (response: IncomingMessage) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    };
    const request =
      protocol === "https:"
        ? httpsRequest({ ...options, servername: hostname, ca }, answer)
        : httpRequest(options, answer);
    request.on("timeout", () => request.destroy(new Error("no answer within 5 s")));
    request.on("error", reject);
    request.end();
  });
}

/** Whether an app answers through its entry, certificate included. */
export const answers = (url: string) =>
  statusOf(url).then(
    (status) => status === 200,
    () => false,
  );

/** Fetches the root certificate that the ACME server made when it started. */
export async function fetchAcmeRoot(): Promise<void> {
  const namespace = `--net=/proc/${hostProcess(controlPlane) ?? 0}/root/run/netns`;
  const script = `fetch("https://127.0.0.1:15000/roots/0").then(r => r.text()).then(t => process.stdout.write(t))`;
  const env = { NODE_EXTRA_CA_CERTS: join(paths.pki, "ca.crt"), NODE_NO_WARNINGS: "1" };
  const root = await run("nsenter", [namespace, process.execPath, "-e", script], { env });
  await writeFile(paths.acmeRoot, `${root.trim()}\n`);
}

const patienceSec = 180;
const certificateSec = 40;

/** Waits until every address answers with a certificate that the ACME server's root vouches for. */
export async function waitForEntries(
  urls: Record<string, string>,
  onLine: (line: string) => void,
): Promise<void> {
  const started = Date.now();
  let renewed = false;
  for (const [app, url] of Object.entries(urls)) {
    for (;;) {
      const problem = await statusOf(url).then(
        (status) => (status === 200 ? undefined : `status ${status}`),
        (error: unknown) => (error as Error).message,
      );
      if (problem === undefined) break;
      const elapsed = (Date.now() - started) / 1000;
      if (elapsed > patienceSec) {
        throw new UserError(`${app} does not answer at ${url}: ${problem}; see "npm run logs -- ${app}"`);
      }
      if (elapsed > certificateSec && /certificate/.test(problem) && !renewed) {
        // The ACME server was started again and has a new root: only a new certificate matches it.
        renewed = true;
        await run("kubectl", [
          "--kubeconfig",
          paths.kubeconfig,
          "-n",
          "ingress",
          "rollout",
          "restart",
          "deployment/traefik",
        ]);
      }
      onLine(`${app}: ${problem}`);
      await sleep(500);
    }
  }
}
