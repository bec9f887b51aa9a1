import type { Cloud } from "./rule.js";

/** A cluster goes with everything in it; the load balancers and disks that it had made in the cloud do not. */
export async function emptyCluster({ cluster, store }: Cloud): Promise<void> {
  for (const id of (await cluster?.leftovers()) ?? []) {
    store.put({ token: "left behind by a cluster", id, inputs: {}, outputs: {}, handles: [], holds: [] });
  }
  await cluster?.empty();
}
