import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { execa } from "execa";
import { request } from "node:https";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lastOutputs } from "../../engine/local-stack.js";
import { answers } from "../../machine/entries.js";
import { hostProcess } from "../../machine/hosts.js";
import { network, nodeName, type Settings } from "../../machine/layout.js";
import { paths } from "../../shell/paths.js";
import { cluster, controlPlaneCpuSec } from "./kubernetes.js";

/** When something held for the first time, and what the control plane had cost by then. */
export interface Milestone {
  sec: number;
  controlPlaneCpuSec: number;
}

export const milestoneNames = ["API ready", "DNS answering", "page answering", "all pods ready"] as const;
export type MilestoneName = (typeof milestoneNames)[number];

/**
 * Watches a cluster that is coming up; every milestone is asked for on its own, from the start on.
 *
 * @param oldestMs before when no container may have started.
 */
export async function watchMilestones(
  settings: Settings,
  startedMs: number,
  patienceSec: number,
  oldestMs = startedMs,
): Promise<Record<MilestoneName, Milestone>> {
  const checks: Record<MilestoneName, () => Promise<boolean>> = {
    "API ready": () => apiIsReady(settings),
    "DNS answering": dnsAnswers,
    "page answering": pageAnswers,
    "all pods ready": () => podsAreReady(oldestMs),
  };
  const entries = milestoneNames.map(async (name) => {
    while (!(await checks[name]().catch(() => false))) {
      if (Date.now() - startedMs > patienceSec * 1000)
        throw new Error(`${name}: not within ${patienceSec} s`);
      await sleep(200);
    }
    return [name, { sec: (Date.now() - startedMs) / 1000, controlPlaneCpuSec: controlPlaneCpuSec() }];
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<MilestoneName, Milestone>;
}

function apiIsReady({ apiPort }: Settings): Promise<boolean> {
  const file = (name: string) => readFileSync(join(paths.pki, name));
  const options = { host: "127.0.0.1", port: apiPort, path: "/readyz", timeout: 2000, agent: false };
  return new Promise((resolve, reject) => {
    const identity = { ca: file("ca.crt"), cert: file("admin.crt"), key: file("admin.key") };
    const asked = request({ ...options, ...identity }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", reject);
    asked.end();
  });
}

/** Asks for the API's own name as a pod would: in a node's network, at the Service's address. */
async function dnsAnswers(): Promise<boolean> {
  const pid = hostProcess(nodeName(1));
  if (pid === undefined) return false;
  // One process that asks until it has an answer: starting one for each question would take longer than DNS does.
  const script = `
    const resolver = new (require("node:dns").Resolver)({ timeout: 200, tries: 1 });
    resolver.setServers([${JSON.stringify(network.dnsService)}]);
    const until = Date.now() + 5000;
    const ask = () => resolver.resolve4("kubernetes.default.svc.cluster.local", (error, addresses) => {
      if (!error && addresses.includes(${JSON.stringify(network.kubernetesService)})) process.exit(0);
      if (Date.now() > until) process.exit(1);
      setTimeout(ask, 50);
    });
    ask();`;
  const { exitCode } = await execa("nsenter", [`--net=/proc/${pid}/ns/net`, process.execPath, "-e", script], {
    reject: false,
  });
  return exitCode === 0;
}

/** Whether the journal's page and its API answer through the entry, with a certificate that can be trusted. */
async function pageAnswers(): Promise<boolean> {
  const { journal } = (await lastOutputs()).urls;
  return (
    journal !== undefined &&
    (await answers(journal)) &&
    (await answers(new URL("/api/entries", journal).href))
  );
}

async function podsAreReady(oldestMs: number): Promise<boolean> {
  if (!existsSync(paths.kubeconfig)) return false;
  const { items } = await cluster().makeApiClient(CoreV1Api).listPodForAllNamespaces();
  const isThere = items.some(({ metadata }) => metadata?.namespace === "journal");
  // A Job's pod has done what it was for before the cluster stopped.
  const lasting = items.filter(({ status }) => status?.phase !== "Succeeded");
  return isThere && lasting.every((pod) => isReady(pod, oldestMs));
}

/** The API server still says of a pod from before that it is ready, so its containers have to be younger. */
function isReady({ status }: V1Pod, oldestMs: number): boolean {
  const ready = status?.conditions?.some(
    (condition) => condition.type === "Ready" && condition.status === "True",
  );
  const containers = status?.containerStatuses ?? [];
  const areNew = containers.every(({ state }) => Number(state?.running?.startedAt ?? 0) >= oldestMs - 1000);
  return ready === true && containers.length > 0 && areNew;
}
