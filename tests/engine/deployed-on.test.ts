import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type * as DeployedOn from "../../engine/deployed-on.js";
import { Checkout } from "../support/checkout.js";

describe("engine/deployed-on", () => {
  let checkout: Checkout;
  let deployedOn: typeof DeployedOn;
  before(async () => {
    checkout = Checkout.shared();
    deployedOn = await checkout.load<typeof DeployedOn>("engine/deployed-on");
  });
  afterEach(() => {
    rmSync(checkout.local, { recursive: true, force: true });
  });

  it("knows no other cluster before a deployment, nor after one on this machine's", async () => {
    assert.equal(deployedOn.elsewhere(), undefined);
    await deployedOn.keepToOneCluster({ kubeconfig: checkout.path(".local/kubeconfig") });
    assert.equal(deployedOn.elsewhere(), undefined);
  });

  for (const context of [undefined, "test", "user of test"]) {
    it(`leads to somebody else's cluster by context ${context ?? "(none)"}, though the file has spaces`, async () => {
      const cluster = {
        kubeconfig: checkout.path("my config"),
        ...(context === undefined ? {} : { context }),
      };
      await deployedOn.keepToOneCluster(cluster);
      assert.deepEqual(deployedOn.elsewhere(), cluster);
      await deployedOn.keepToOneCluster(cluster);
    });
  }

  it("refuses a second cluster, and says what to do", async () => {
    await deployedOn.keepToOneCluster({ kubeconfig: "/there", context: "test" });
    await assert.rejects(deployedOn.keepToOneCluster({ kubeconfig: "/there", context: "prod" }), {
      message:
        'stack local is deployed on /there test cluster, got /there prod; run "npm run down -- --purge" there first',
    });
  });
});
