import assert from "node:assert/strict";
import type * as ControlGroups from "../../machine/control-groups.js";
import type * as Hosts from "../../machine/hosts.js";
import { controlPlane } from "../../machine/layout.js";
import { Checkout } from "../support/checkout.js";

describe("machine/hosts", () => {
  it("finds no process of a cluster that was never started", async () => {
    const checkout = Checkout.shared();
    const { hostProcess } = await checkout.load<typeof Hosts>("machine/hosts");
    const { controlGroups, processesIn } =
      await checkout.load<typeof ControlGroups>("machine/control-groups");
    assert.deepEqual(controlGroups(), []);
    assert.deepEqual(processesIn(), []);
    assert.equal(hostProcess(controlPlane), undefined);
  });
});
