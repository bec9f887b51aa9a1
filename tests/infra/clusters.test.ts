import assert from "node:assert/strict";
import { createClusters } from "../../infra/clusters.js";
import { record } from "../support/program.js";

const nothing = { images: {}, secrets: {}, protection: false };
const gcp = { project: "acme-dev", region: "europe-west1" };
const aws = { accountId: "111111111111", region: "us-west-2", eks: {} };

describe("infra/clusters", () => {
  it("builds the clouds that the stack names, with a provider for each cluster, and no other", async () => {
    const madeOf = async (config: Parameters<typeof createClusters>[0]) =>
      (await record(() => createClusters(config)))
        .filter(({ type }) => type === "pulumi:providers:kubernetes")
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(await madeOf({ ...nothing, local: { kubeconfig: "/kubeconfig" } }), ["local"]);
    assert.deepEqual(await madeOf({ ...nothing, gcp }), ["gke"]);
    assert.deepEqual(await madeOf({ ...nothing, aws }), ["eks"]);
    assert.deepEqual(await madeOf({ ...nothing, gcp, aws }), ["eks", "gke"]);
    assert.deepEqual(await record(() => createClusters(nothing)), []);
  });

  it("creates nothing of a cloud that is left out", async () => {
    const packagesOf = async (config: Parameters<typeof createClusters>[0]) =>
      new Set((await record(() => createClusters(config))).map(({ type }) => type.split(":")[0] ?? ""));
    assert.equal((await packagesOf({ ...nothing, gcp })).has("aws"), false);
    assert.equal((await packagesOf({ ...nothing, aws })).has("gcp"), false);
  });

  it("says which clusters there are when it is asked for another", async () => {
    await record(async () => {
      const clusters = await createClusters({ ...nothing, gcp });
      const none = await createClusters(nothing);
      assert.throws(() => clusters.get("local"), /cluster "local" is not in this stack, which has gke/);
      assert.throws(() => none.get("eks"), /which has none/);
    });
  });
});
