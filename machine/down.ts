import { rm } from "node:fs/promises";
import { destroy, isDeployed, isElsewhere } from "./engine.js";
import { controlPlane, hostProcess, processesIn, stopHosts } from "./hosts.js";
import { local } from "./layout.js";
import { runPhases } from "./progress.js";
import { UserError } from "./shell.js";
import { savedSettings } from "./up.js";

/** Stops everything; with `purge` destroys the stack before that and removes all that was made after it. */
export async function down({ purge }: { purge: boolean }): Promise<void> {
  const settings = await savedSettings();
  const reachable = hostProcess(controlPlane) !== undefined || isElsewhere();
  if (purge && !reachable && isDeployed()) {
    throw new UserError(
      'the cluster is down, so its stack cannot be destroyed; run "npm run up" first, or remove .local by hand',
    );
  }
  await runPhases({}, [
    ...(purge && isDeployed()
      ? [{ title: "destroy stack local", run: (_: object, tell: (line: string) => void) => destroy(tell) }]
      : []),
    ...(processesIn().length > 0 ? [{ title: "stop the cluster", run: () => stopHosts(settings) }] : []),
    ...(purge ? [{ title: "remove data, images and build products", run: removeEverything }] : []),
  ]);
}

async function removeEverything(): Promise<void> {
  await rm(local, { recursive: true, force: true });
}
