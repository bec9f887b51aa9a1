import assert from "node:assert/strict";
import type * as Settings from "../../machine/settings.js";
import { Checkout } from "../support/checkout.js";

describe("machine/settings", () => {
  let checkout: Checkout;
  let chooseSettings: typeof Settings.chooseSettings;
  before(async () => {
    checkout = Checkout.shared();
    ({ chooseSettings } = await checkout.load<typeof Settings>("machine/settings"));
  });

  const saved = (settings: object) => {
    checkout.write(".local/settings.json", JSON.stringify(settings));
  };

  it("default to three nodes and to the ports that the README names", async () => {
    assert.deepEqual(await chooseSettings({}), { nodes: 3, httpPort: 8080, httpsPort: 8443, apiPort: 6443 });
  });

  it("are what the cluster has, with what was asked for over it", async () => {
    saved({ nodes: 5, httpPort: 9080 });
    const { nodes, httpPort, httpsPort } = await chooseSettings({ httpsPort: 9443 });
    assert.deepEqual([nodes, httpPort, httpsPort], [5, 9080, 9443]);
  });

  it("take no node away, whose volumes hold data", async () => {
    saved({ nodes: 5 });
    await assert.rejects(
      chooseSettings({ nodes: 4 }),
      /at least 5, .*got 4; run "npm run down -- --purge" first/,
    );
  });

  it("refuse the two nodes that an earlier version took, and say how to get a third", async () => {
    saved({ nodes: 2 });
    await assert.rejects(chooseSettings({}), /at least 3 nodes.*got 2.*run "npm run up -- --nodes 3"/);
    assert.equal((await chooseSettings({ nodes: 3 })).nodes, 3);
  });
});
