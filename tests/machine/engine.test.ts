import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type * as Engine from "../../machine/engine.js";
import { mergeConfiguration } from "../../machine/engine.js";
import { Checkout } from "../support/checkout.js";
import { committedConfig } from "../support/stacks.js";

describe("machine/engine", () => {
  describe("mergeConfiguration", () => {
    it("puts what the machine knows over the committed values, and keeps the others", () => {
      const committed = { "slipway:local": { httpPort: 8080, httpsPort: 8443 }, "slipway:journal": { a: 1 } };
      const ours = {
        "slipway:local": { httpPort: 9080, kubeconfig: "/k" },
        "slipway:images": { redis: "r" },
      };
      assert.deepEqual(mergeConfiguration(committed, ours), {
        "slipway:local": { httpPort: 9080, httpsPort: 8443, kubeconfig: "/k" },
        "slipway:journal": { a: 1 },
        "slipway:images": { redis: "r" },
      });
    });

    it("replaces a plain value, and takes one for which there is none", () => {
      assert.deepEqual(mergeConfiguration({ a: "old", b: true }, { a: "new", c: 3 }), {
        a: "new",
        b: true,
        c: 3,
      });
    });

    it("changes neither of the two", () => {
      const committed = Object.freeze({ "slipway:local": Object.freeze({ httpPort: 8080 }) });
      const ours = Object.freeze({ "slipway:local": Object.freeze({ httpPort: 9080 }) });
      assert.deepEqual(mergeConfiguration(committed, ours), { "slipway:local": { httpPort: 9080 } });
    });

    it("leaves the committed stack as it is when the machine adds nothing", () => {
      assert.deepEqual(mergeConfiguration(committedConfig("local"), {}), committedConfig("local"));
    });
  });

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
