import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { paths } from "../shell/paths.js";
import type { Tell } from "../shell/progress.js";
import { together } from "../shell/together.js";
import { waitUntil } from "../shell/waiting.js";
import { writeWhole } from "../shell/whole-file.js";
import { createCertificates } from "./certificates.js";
import { controlPlaneServices, writeControlPlaneFiles } from "./control-plane.js";
import { connectNode, ensureHost, hostProcess } from "./hosts.js";
import { kubectl } from "./kubectl.js";
import { controlPlane, nodeIndexes, nodeName, type Settings } from "./layout.js";
import { nodeServices, writeNodeFiles } from "./node.js";

const halfAMinute = { intervalMs: 250, retries: 120 };

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
    kubectl(["--request-timeout=5s", "get", "--raw", "/readyz"]).then(
      () => true,
      () => false,
    );
  await waitUntil(ready, {
    ...halfAMinute,
    problem: `the Kubernetes API does not get ready; see ${paths.logs}/control-plane/kube-apiserver/current`,
  });
}

async function waitForContainerd(index: number): Promise<void> {
  const socket = () => `/proc/${hostProcess(nodeName(index)) ?? 0}/root/run/containerd/containerd.sock`;
  await waitUntil(() => existsSync(socket()), {
    ...halfAMinute,
    problem: `containerd of ${nodeName(index)} does not start; see ${paths.logs}/${nodeName(index)}/containerd/current`,
  });
}
