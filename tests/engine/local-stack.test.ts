import assert from "node:assert/strict";
import { mergeConfiguration } from "../../engine/local-stack.js";
import { committedConfig } from "../support/stacks.js";

describe("engine/local-stack", () => {
  describe("mergeConfiguration", () => {
    it("puts what the machine knows over the committed values, and keeps the others", () => {
      const committed = {
        "slipway:local": { context: "here", httpsPort: 8443 },
        "slipway:journal": { a: 1 },
      };
      const ours = {
        "slipway:local": { httpsPort: 9443, kubeconfig: "/k" },
        "slipway:images": { redis: "r" },
      };
      assert.deepEqual(mergeConfiguration(committed, ours), {
        "slipway:local": { context: "here", httpsPort: 9443, kubeconfig: "/k" },
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
      const committed = Object.freeze({ "slipway:local": Object.freeze({ httpsPort: 8443 }) });
      const ours = Object.freeze({ "slipway:local": Object.freeze({ httpsPort: 9443 }) });
      assert.deepEqual(mergeConfiguration(committed, ours), { "slipway:local": { httpsPort: 9443 } });
    });

    it("leaves the committed stack as it is when the machine adds nothing", () => {
      assert.deepEqual(mergeConfiguration(committedConfig("local"), {}), committedConfig("local"));
    });
  });
});
