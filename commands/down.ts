import { rm } from "node:fs/promises";
import { elsewhere } from "../engine/deployed-on.js";
import { destroy, isDeployed } from "../engine/local-stack.js";
import { processesIn } from "../machine/control-groups.js";
import { hostProcess, stopHosts } from "../machine/hosts.js";
import { controlPlane } from "../machine/layout.js";
import { savedSettings } from "../machine/settings.js";
import { UserError } from "../shell/errors.js";
import { local } from "../shell/paths.js";
import { runPhases, type Tell } from "../shell/progress.js";
import { bundleFolders } from "../toolchain/bundles.js";
import { embeddedFiles } from "../toolchain/tools.js";

/** Stops everything; with `purge` destroys the stack before that and removes all that was made after it. */
export async function down({ purge }: { purge: boolean }): Promise<void> {
  const settings = await savedSettings();
  const reachable = hostProcess(controlPlane) !== undefined || elsewhere() !== undefined;
  if (purge && !reachable && isDeployed()) {
    throw new UserError(
      'the cluster is down, so its stack cannot be destroyed; run "npm run up && npm run down -- --purge"; ' +
        'if up cannot end, "rm -rf .local" removes the data as they are',
    );
  }
  const runs = processesIn().length > 0;
  const stop = (_: object, tell: Tell) => stopHosts(settings, tell);
  await runPhases({}, [
    ...(purge && isDeployed()
      ? [{ title: "destroy stack local", everyLine: true, run: (_: object, tell: Tell) => destroy(tell) }]
      : []),
    ...(runs ? [{ title: "stop the cluster", run: stop }] : []),
    ...(purge ? [{ title: "remove data, images and build products", run: removeEverything }] : []),
  ]);
}

/** All that the commands made here, but for the npm packages and the client made with them, which the tests need. */
export async function removeEverything(): Promise<void> {
  for (const path of [...bundleFolders, ...embeddedFiles, local])
    await rm(path, { recursive: true, force: true });
}
