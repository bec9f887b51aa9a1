import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { NodePool, type NodePoolSize } from "../../../infra/gcp/node-pool.js";
import { only, record } from "../../support/program.js";
import { Google, listOf } from "./google.js";

const POOL = "gcp:container/nodePool:NodePool";
const args = {
  project: "acme-dev",
  location: "europe-west1",
  clusterName: "gke-1a2b",
  serviceAccount: "nodes@acme-dev.iam.gserviceaccount.com",
};

describe("infra/gcp/node-pool", () => {
  const run = (size: NodePoolSize = {}) =>
    record(() => new NodePool("nodes", { ...size, ...args }, new Google().opts));
  const pool = async (size?: NodePoolSize) => only(await run(size), POOL, "nodes");

  it("defaults to one to three nodes in each zone, hardened, private and replaced one by one", async () => {
    assert.deepEqual(listOf(await run()), ["nodePool:NodePool nodes"]);
    assert.deepEqual((await pool()).inputs, {
      project: "acme-dev",
      location: "europe-west1",
      cluster: "gke-1a2b",
      initialNodeCount: 1,
      autoscaling: { minNodeCount: 1, maxNodeCount: 3, locationPolicy: "BALANCED" },
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
      networkConfig: { enablePrivateNodes: true },
      nodeConfig: {
        machineType: "e2-standard-4",
        spot: false,
        imageType: "COS_CONTAINERD",
        diskType: "pd-balanced",
        diskSizeGb: 50,
        serviceAccount: "nodes@acme-dev.iam.gserviceaccount.com",
        oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
        workloadMetadataConfig: { mode: "GKE_METADATA" },
        shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
        metadata: { "disable-legacy-endpoints": "true" },
        resourceLabels: { "part-of": "slipway", stack: "test", "managed-by": "pulumi" },
      },
    });
  });

  it("takes another machine and other counts", async () => {
    const { inputs } = await pool({ machineType: "n2-standard-8", minNodes: 2, maxNodes: 9 });
    assert.equal(inputs.nodeConfig.machineType, "n2-standard-8");
    assert.equal(inputs.initialNodeCount, 2);
    assert.deepEqual([inputs.autoscaling.minNodeCount, inputs.autoscaling.maxNodeCount], [2, 9]);
  });

  it("takes spot nodes wherever Google has some", async () => {
    const { inputs } = await pool({ spot: true });
    assert.equal(inputs.nodeConfig.spot, true);
    assert.equal(inputs.autoscaling.locationPolicy, "ANY");
  });

  it("begins with a node even if it may shrink to none, because GKE's own pods need one", async () => {
    const { inputs } = await pool({ minNodes: 0 });
    assert.equal(inputs.initialNodeCount, 1);
    assert.equal(inputs.autoscaling.minNodeCount, 0);
  });

  it("is not replaced for another minimum, and ignores no other change", async () => {
    assert.deepEqual((await pool({ minNodes: 2 })).ignoreChanges, ["initialNodeCount"]);
  });

  it("has the time to drain every node before an update or a deletion is called failed", async () => {
    const { timeouts } = await pool();
    assert.deepEqual([timeouts.create, timeouts.update, timeouts.delete], ["30m", "3h", "2h"]);
  });

  it("refuses a minimum above the maximum", async () => {
    await record(() => {
      assert.throws(
        () => new NodePool("nodes", { ...args, minNodes: 4, maxNodes: 3 }),
        (error) => {
          assert.ok(pulumi.InputPropertyError.isInstance(error));
          assert.deepEqual(
            [error.propertyPath, error.reason],
            ["gke.minNodes", "expected at most maxNodes (3), got 4"],
          );
          return true;
        },
      );
    });
  });
});
