import { existsSync } from "node:fs";
import { elsewhere } from "../engine/deployed-on.js";
import { lastOutputs } from "../engine/local-stack.js";
import { waitForEntries } from "../machine/entries.js";
import { hostProcess } from "../machine/hosts.js";
import { controlPlane } from "../machine/layout.js";
import { waitUntilReady } from "../machine/readiness.js";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import type { Tell } from "../shell/progress.js";
import { MissingStoreError } from "./check.js";
import { readObjects } from "./cluster.js";
import type { Store } from "./store.js";
import { storesOf } from "./stores.js";
import { startWriters, stopWriters, writersOf } from "./writers.js";

/** What a backup and a restore need of the platform. */
export interface Platform {
  /**
   * Waits until they answer.
   *
   * @throws UserError when there is no platform.
   */
  stores(tell: Tell): Promise<Store[]>;

  /** Nothing writes to the stores when this has resolved. */
  stopWriters(stores: Store[], tell: Tell): Promise<void>;

  /** All that was stopped goes on. */
  startWriters(): Promise<void>;

  /** Waits until every app answers through its entry. */
  waitForApps(tell: Tell): Promise<void>;
}

/** The platform that runs on this machine. */
export const localPlatform: Platform = {
  async stores(tell) {
    requireCluster();
    const stores = storesOf(await readObjects());
    if (stores.length === 0)
      throw new MissingStoreError('expected a platform with stores, got none; run "npm run up"');
    await waitUntilReady(tell, [...new Set(stores.map(({ namespace }) => namespace))], ["StatefulSet"]);
    return stores;
  },
  async stopWriters(stores, tell) {
    await stopWriters(writersOf(stores, await readObjects()), tell);
  },
  async startWriters() {
    await startWriters(await readObjects());
  },
  async waitForApps(tell) {
    await waitUntilReady(tell);
    await waitForEntries((await lastOutputs()).urls, tell);
  },
};

function requireCluster(): void {
  if (elsewhere() !== undefined)
    throw new UserError(
      "the apps are on a cluster that is not this machine's; back that one up by its own means",
    );
  if (hostProcess(controlPlane) === undefined || !existsSync(paths.kubeconfig))
    throw new UserError('expected a cluster that runs, got none; run "npm run up"');
}
