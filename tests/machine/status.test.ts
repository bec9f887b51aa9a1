import assert from "node:assert/strict";
import { formatStatus } from "../../machine/status.js";
import type * as Status from "../../machine/status.js";
import { Checkout } from "../support/checkout.js";

describe("machine/status", () => {
  it("shows nodes and apps in columns as wide as they need", () => {
    const text = formatStatus({
      stack: "local",
      nodes: [
        { name: "node-1", zone: "local-a", ready: true },
        { name: "node-2", zone: "local-b", ready: false },
      ],
      apps: [{ name: "journal", url: "https://journal.localhost:8443", ready: true }],
    });
    assert.deepEqual(text.split("\n"), [
      "node-1   local-a                         ready",
      "node-2   local-b                         not ready",
      "journal  https://journal.localhost:8443  ready",
    ]);
  });

  it("shows nothing when there is nothing", () => {
    assert.equal(formatStatus({ stack: "local", nodes: [], apps: [] }), "");
  });

  it("reports the apps of the last deployment as not ready while the cluster is down", async () => {
    const checkout = new Checkout();
    try {
      const url = "https://journal.localhost:8443";
      checkout.write(".local/engine/outputs.json", JSON.stringify({ urls: { journal: url } }));
      const { readStatus } = await checkout.load<typeof Status>("status");
      assert.deepEqual(await readStatus(), {
        stack: "local",
        nodes: [],
        apps: [{ name: "journal", url, ready: false }],
      });
    } finally {
      checkout.remove();
    }
  });
});
