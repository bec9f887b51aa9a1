import assert from "node:assert/strict";
import { ExistingGke } from "../../../infra/gcp/existing-gke.js";
import { only, record } from "../../support/program.js";

describe("infra/gcp/existing-gke", () => {
  it("asks the registry for every pod, so that a node's cache is no way around its permissions", async () => {
    await record(() => {
      const cluster = new ExistingGke("gke", { context: "dev", images: { redis: "redis:v1.0.0-0000000" } });
      assert.equal(cluster.imagePullPolicy, "Always");
      assert.equal(cluster.image("redis"), "redis:v1.0.0-0000000");
    });
  });

  it("is found by a context of the machine's own kubeconfig, or of another", async () => {
    const provider = async (kubeconfig?: string) => {
      const resources = await record(
        () => new ExistingGke("gke", { context: "dev", kubeconfig, images: {} }),
      );
      return only(resources, "pulumi:providers:kubernetes", "gke").inputs;
    };
    assert.deepEqual([(await provider()).kubeconfig, (await provider()).context], [undefined, "dev"]);
    assert.equal((await provider("/kubeconfig")).kubeconfig, "/kubeconfig");
  });

  it("lets in Google's load balancers, and gives them longer to learn of a pod that goes", async () => {
    await record(() => {
      const cluster = new ExistingGke("gke", { context: "dev", images: {} });
      assert.deepEqual(cluster.entryPeers, [
        { ipBlock: { cidr: "130.211.0.0/22" } },
        { ipBlock: { cidr: "35.191.0.0/16" } },
      ]);
      assert.equal(cluster.drainDelaySec, 20);
      assert.equal(cluster.storageClassName, "standard-rwo");
    });
  });
});
