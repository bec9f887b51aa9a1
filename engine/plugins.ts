import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { paths } from "../shell/paths.js";
import { kubernetesProviderVersion } from "../toolchain/tools.js";

/** Puts the Kubernetes provider where the engine looks for plugins of that version. */
export async function installKubernetesProvider(pulumiHome: string): Promise<void> {
  const folder = join(pulumiHome, "plugins", `resource-kubernetes-v${kubernetesProviderVersion}`);
  const link = join(folder, "pulumi-resource-kubernetes");
  await mkdir(folder, { recursive: true });
  await rm(link, { force: true });
  await symlink(join(paths.bin, "pulumi-resource-kubernetes"), link);
  await writeFile(join(folder, "PulumiPlugin.yaml"), "");
}
