import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import { run, stopIfInterrupted } from "../shell/programs.js";
import { hostProcess } from "./hosts.js";
import { kubectl } from "./kubectl.js";
import { controlPlane } from "./layout.js";

/** Asks an address as a browser on this machine would: names below localhost are 127.0.0.1. */
export async function statusOf(url: string): Promise<number> {
  const { protocol, host, hostname, port, pathname } = new URL(url);
  const options = {
    host: "127.0.0.1",
    port,
    path: pathname,
    headers: { host },
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

/** Whether that is an app's own answer: an entry never asks for a secret by itself. */
const isAnswer = (status: number) => status === 200 || status === 401;

/** Whether an app answers through its entry, certificate included. */
export const answers = (url: string) => statusOf(url).then(isAnswer, () => false);

/** Fetches the root certificate that the ACME server made when it started. */
export async function fetchAcmeRoot(): Promise<void> {
  const namespace = `--net=/proc/${hostProcess(controlPlane) ?? 0}/root/run/netns`;
  const script = `fetch("https://127.0.0.1:15000/roots/0").then(r => r.ok ? r.text() : Promise.reject(r.status)).then(t => process.stdout.write(t))`;
  const env = { NODE_EXTRA_CA_CERTS: join(paths.pki, "ca.crt"), NODE_NO_WARNINGS: "1" };
  const root = await run("nsenter", [namespace, process.execPath, "-e", script], { env });
  await writeFile(paths.acmeRoot, `${root.trim()}\n`);
}

const patienceSec = 180;
const certificateSec = 20;

/** Waits until every address answers with a certificate that the ACME server's root vouches for. */
export async function waitForEntries(
  urls: Record<string, string>,
  onLine: (line: string) => void,
): Promise<void> {
  const deadline = Date.now() + patienceSec * 1000;
  let wrongSince: number | undefined;
  for (const [app, url] of Object.entries(urls)) {
    for (let problem = await problemOf(url); problem !== undefined; problem = await problemOf(url)) {
      if (Date.now() > deadline) {
        throw new UserError(`${app} does not answer at ${url}: ${problem}; see "npm run logs -- ${app}"`);
      }
      stopIfInterrupted();
      onLine(`${app}: ${problem}`);
      wrongSince = problem.includes("certificate") ? (wrongSince ?? Date.now()) : undefined;
      if (wrongSince !== undefined && Date.now() - wrongSince > certificateSec * 1000) {
        wrongSince = undefined;
        await renewCertificates();
      }
      await sleep(250);
    }
  }
}

const problemOf = (url: string) =>
  statusOf(url).then(
    (status) => (isAnswer(status) ? undefined : `status ${status}`),
    (error: unknown) => (error as Error).message,
  );

/** The ACME server was started again and has a new root, which only new certificates can come from. */
async function renewCertificates(): Promise<void> {
  const controller = ["--namespace=ingress", "rollout", "restart", "deployment/traefik"];
  await kubectl(controller);
}
