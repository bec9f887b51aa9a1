import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuiltImage } from "./images.js";
import { paths, repository } from "./layout.js";
import { run } from "./shell.js";

const folder = join(repository, "machine/addons");

/** The manifests of what a cluster of a cloud comes with: names, metrics, volumes, an Ingress controller. */
export function addonManifests(images: Pick<BuiltImage, "name" | "reference">[]): string {
  const manifests = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  return manifests
    .join("---\n")
    .replaceAll(
      /slipway\.local\/([\w-]+)$/gm,
      (text, name: string) => images.find((image) => image.name === name)?.reference ?? text,
    );
}

/** Applies the add-ons, if they are not what was applied last to this cluster. */
export async function applyAddons(images: BuiltImage[]): Promise<void> {
  const manifests = addonManifests(images);
  const stamp = join(paths.hosts, "control-plane", ".addons");
  const wanted = createHash("sha256").update(manifests).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=slipway", "-f", "-"];
  await run("kubectl", ["--kubeconfig", paths.kubeconfig, ...apply], {
    input: manifests,
    stdin: "pipe",
    log: "addons",
  });
  await writeFile(stamp, wanted);
}

/** Waits until the add-ons serve. */
export async function waitForAddons(): Promise<void> {
  const rollout = (namespace: string, name: string) =>
    run("kubectl", [
      "--kubeconfig",
      paths.kubeconfig,
      "-n",
      namespace,
      "rollout",
      "status",
      `deployment/${name}`,
      "--timeout=120s",
    ]);
  await Promise.all([
    rollout("kube-system", "coredns"),
    rollout("kube-system", "local-path-provisioner"),
    rollout("ingress", "traefik"),
  ]);
}
