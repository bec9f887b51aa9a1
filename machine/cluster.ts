import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import { run, stopIfInterrupted } from "../shell/programs.js";
import type { Tell } from "../shell/progress.js";
import { together } from "../shell/together.js";
import { writeWhole } from "../shell/whole-file.js";
import { createCertificates } from "./certificates.js";
import { controlPlaneServices, writeControlPlaneFiles } from "./control-plane.js";
import { connectNode, ensureHost, hostProcess } from "./hosts.js";
import { controlPlane, nodeIndexes, nodeName, type Settings } from "./layout.js";
import { nodeServices, writeNodeFiles } from "./node.js";

/**
 * Starts the control plane and the nodes, each that does not run, and waits until the API and every containerd answer.
 *
 * @param pause reference of the image of every pod's sandbox.
 */
export async function startCluster(settings: Settings, pause: string, tell: Tell): Promise<void> {
  await createCertificates(settings);
  await writeControlPlaneFiles(settings);
  await mkdir(paths.logs, { recursive: true });
  await writeWhole(paths.settings, JSON.stringify(settings));
  tell("control plane");
  await ensureHost(controlPlane, controlPlaneServices(settings));
  await together(
    nodeIndexes(settings).map((index) => async () => {
      tell(nodeName(index));
      await writeNodeFiles(index, pause);
      await ensureHost(nodeName(index), nodeServices(index));
      await connectNode(index);
    }),
  );
  tell("waiting for the Kubernetes API");
  await waitForApi();
  tell("waiting for containerd");
  await together(nodeIndexes(settings).map((index) => () => waitForContainerd(index)));
}

async function waitForApi(): Promise<void> {
  const ready = () =>
    run("kubectl", [
      "--kubeconfig",
      paths.kubeconfig,
      "--request-timeout=5s",
      "get",
      "--raw",
      "/readyz",
    ]).then(
      () => true,
      () => false,
    );
  for (let waited = 0; !(await ready()); waited++) {
    stopIfInterrupted();
    if (waited === 120)
      throw new UserError(
        `the Kubernetes API does not get ready; see ${paths.logs}/control-plane/kube-apiserver/current`,
      );
    await sleep(250);
  }
}

async function waitForContainerd(index: number): Promise<void> {
  const socket = () => `/proc/${hostProcess(nodeName(index)) ?? 0}/root/run/containerd/containerd.sock`;
  for (let waited = 0; !existsSync(socket()); waited++) {
    stopIfInterrupted();
    if (waited === 120)
      throw new UserError(
        `containerd of ${nodeName(index)} does not start; see ${paths.logs}/${nodeName(index)}/containerd/current`,
      );
    await sleep(250);
  }
}
