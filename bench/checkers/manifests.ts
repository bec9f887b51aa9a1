import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { addonFiles, addonManifests, type AddonFiles } from "../../machine/addons.js";
import { controlPlaneServices } from "../../machine/control-plane.js";
import { defaultSettings } from "../../machine/layout.js";
import { kubeletConfiguration, nodeServices } from "../../machine/node.js";
import { local } from "../../shell/paths.js";
import { manifestsOf } from "../../tests/support/manifests.js";
import { resourcesOf, stackNames } from "../../tests/support/stacks.js";
import { images } from "../../toolchain/images.js";
import { type Plan, terraformPlan } from "./terraform-plan.js";

const folder = join(local, "bench/manifests");

/** Writes what the program renders for every committed stack, and the local cluster's add-ons; gives the file of each. */
export async function stackManifests(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const stack of stackNames) files[stack] = await write(stack, manifestsOf(await resourcesOf(stack)));
  files.addons = await write("addons", addons());
  return files;
}

/** The add-ons as they are applied, but for digests and certificates, which are made on each machine. */
function addons(): string {
  const digest = `sha256:${"0".repeat(64)}`;
  const references = images.map(({ name }) => ({ name, reference: `slipway.local/${name}@${digest}` }));
  const files = Object.fromEntries(addonFiles.map((name) => [name, `in place of ${name}`])) as AddonFiles;
  return addonManifests(references, files);
}

/** Writes the cloud resources of every stack that has any, as Terraform would plan them. */
export async function cloudPlans(): Promise<({ manifest: string } & Plan)[]> {
  const plans = await Promise.all(
    stackNames.map(async (stack) => {
      const manifest = `${stack}-cloud`;
      return { manifest, ...(await terraformPlan(manifest, await resourcesOf(stack))) };
    }),
  );
  return plans.filter(({ resources }) => resources > 0);
}

/**
 * Writes the cluster's own programs as the static pods that checkov knows them as.
 *
 * The kubelet reads a file, of which checkov sees nothing: what it asks about becomes flags, as the kubelet itself
 * would read them.
 */
export async function controlPlaneManifest(): Promise<string> {
  const services = [...controlPlaneServices(defaultSettings), ...nodeServices(1)];
  const pods = services
    .filter(({ name }) => name === "etcd" || name.startsWith("kube"))
    .map(({ name, command: [, ...flags] }) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "kube-system", labels: { component: name, tier: "control-plane" } },
      spec: {
        containers: [{ name, command: [name, ...flags, ...(name === "kubelet" ? kubeletFlags() : [])] }],
      },
    }));
  return write("control-plane", pods.map((pod) => stringify(pod)).join("---\n"));
}

function kubeletFlags(): string[] {
  const config = kubeletConfiguration(1);
  return [
    `--anonymous-auth=${config.authentication.anonymous.enabled}`,
    `--authorization-mode=${config.authorization.mode}`,
    `--client-ca-file=${config.authentication.x509.clientCAFile}`,
    `--event-qps=${config.eventRecordQPS}`,
    `--make-iptables-util-chains=${config.makeIPTablesUtilChains}`,
    `--protect-kernel-defaults=${config.protectKernelDefaults}`,
    `--read-only-port=${config.readOnlyPort}`,
    `--streaming-connection-idle-timeout=${config.streamingConnectionIdleTimeout}`,
    `--tls-cert-file=${config.tlsCertFile}`,
    `--tls-private-key-file=${config.tlsPrivateKeyFile}`,
  ];
}

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, `${name}.yaml`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, text);
  return file;
}
