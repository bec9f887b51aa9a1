import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type * as Engine from "../../engine/local-stack.js";
import { Checkout } from "../support/checkout.js";

describe("engine/local-stack", () => {
  it("does not go on with a state that stays locked, and tells why", async () => {
    const checkout = new Checkout();
    try {
      const { deploy } = await checkout.load<typeof Engine>("engine/local-stack");
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
