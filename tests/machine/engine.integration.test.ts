import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type * as Engine from "../../machine/engine.js";
import { Checkout } from "../support/checkout.js";

describe("machine/engine", () => {
  it("does not go on with a state that stays locked, and tells why", async () => {
    const checkout = new Checkout();
    try {
      const { deploy } = await checkout.load<typeof Engine>("engine");
      checkout.fakeProgram(
        "pulumi",
        `case "$*" in
  version) echo v${JSON.parse(readFileSync(checkout.path("package.json"), "utf8")).dependencies["@pulumi/pulumi"]} ;;
  *cancel*) echo "error: remove lock: permission denied" >&2; exit 255 ;;
esac`,
      );
      const cluster = { kubeconfig: checkout.path("kubeconfig"), httpsPort: 8443 };
      await assert.rejects(
        deploy({ "slipway:local": cluster }, () => undefined),
        /remove lock: permission denied/,
      );
    } finally {
      checkout.remove();
    }
  });
});
