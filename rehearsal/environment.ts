import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { searchPath } from "../shell/programs.js";
import type { Clouds } from "./clouds.js";
import { GO_ENVIRONMENT } from "./processes.js";
import type { World } from "./rehearsal.js";
import { installSignIns, programsOf } from "./sign-in.js";

/** The engine's whole environment for a stack, with the programs that sign it in at the clusters. */
export async function environment(
  world: World,
  folder: string,
  clouds: Clouds,
): Promise<Record<string, string>> {
  await installSignIns(folder, world.clusters);
  const authorities = join(folder, "authorities.pem");
  await writeFile(authorities, world.clusters.map(({ authority }) => authority).join(""));
  return {
    ...GO_ENVIRONMENT,
    PATH: `${programsOf(folder)}:${searchPath()}`,
    HOME: folder,
    TMPDIR: join(folder, "tmp"),
    PULUMI_HOME: world.home,
    // Without its files of metadata: one that a killed engine left half written makes the state unreadable.
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: world.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API: "true",
    // Shows the flags by which a program of ours is run and the events are told.
    PULUMI_DEBUG_COMMANDS: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    PULUMI_DEBUG_PROVIDERS: Object.entries(clouds.ports)
      .map(([name, port]) => `${name}:${port}`)
      .join(","),
    // A cluster that is reached by a name has a certificate that everybody trusts.
    ...(world.clusters.length > 0 && { SSL_CERT_FILE: authorities }),
    // Objects of a run that was killed are there but not in the state; what the program says wins over them.
    PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
  };
}
