import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { paths, repository } from "../shell/paths.js";
import { writeWhole } from "../shell/whole-file.js";
import type { BuiltImage } from "../toolchain/images.js";
import { kubectl } from "./kubectl.js";

const folder = join(repository, "machine/addons");

/** Where they run. */
export const addonNamespaces = ["kube-system", "local-path-storage", "ingress"];

/** Files of the cluster's certificates that the manifests ask for. */
export const addonFiles = ["ca.crt", "metrics-server.crt", "metrics-server.key"] as const;
export type AddonFiles = Readonly<Record<(typeof addonFiles)[number], string>>;

/** The manifests of what a cluster of a cloud comes with: names, metrics, volumes, an Ingress controller. */
export function addonManifests(images: Pick<BuiltImage, "name" | "reference">[], files: AddonFiles): string {
  const references = Object.fromEntries(images.map(({ name, reference }) => [name, reference]));
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("---\n")
    .replaceAll(/slipway\.local\/([\w-]+)$/gm, (_, name: string) => known("image", references, name))
    .replaceAll(/base64\((.+)\)$/gm, (_, name: string) =>
      Buffer.from(known("file", files, name)).toString("base64"),
    );
}

function known(what: string, all: Readonly<Record<string, string>>, name: string): string {
  const value = all[name];
  if (value === undefined) {
    throw new Error(
      `machine/addons: expected one of the ${what}s ${Object.keys(all).join(", ") || "none"}, got "${name}"; correct the manifest`,
    );
  }
  return value;
}

/** Applies the add-ons, if they are not what was applied last to this cluster. */
export async function applyAddons(images: BuiltImage[]): Promise<void> {
  const entries = addonFiles.map(async (file) => [file, await readFile(join(paths.pki, file), "utf8")]);
  const manifests = addonManifests(images, Object.fromEntries(await Promise.all(entries)) as AddonFiles);
  const stamp = join(paths.hosts, "control-plane", ".addons");
  const wanted = createHash("sha256").update(manifests).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const apply = ["apply", "--server-side", "--force-conflicts", "--field-manager=slipway", "-f", "-"];
  await kubectl(apply, { input: manifests, log: "addons" });
  await writeWhole(stamp, wanted);
}
