import assert from "node:assert/strict";
import { createClusters } from "../../infra/clusters.js";
import { record } from "../support/program.js";

describe("infra/clusters", () => {
  it("builds a provider for each cluster that the stack names, and for no other", async () => {
    const resources = await record(() =>
      createClusters({
        images: {},
        secrets: {},
        local: { kubeconfig: "/kubeconfig" },
        gke: { context: "dev" },
      }),
    );
    assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
      "pulumi:providers:kubernetes gke",
      "pulumi:providers:kubernetes local",
      "slipway:gcp:ExistingGke gke",
      "slipway:local:LocalCluster local",
    ]);
    assert.deepEqual(await record(() => createClusters({ images: {}, secrets: {} })), []);
  });

  it("says which clusters there are when it is asked for another", async () => {
    await record(() => {
      const clusters = createClusters({ images: {}, secrets: {}, gke: { context: "dev" } });
      assert.throws(() => clusters.get("local"), /cluster "local" is not in this stack, which has gke/);
    });
  });
});
