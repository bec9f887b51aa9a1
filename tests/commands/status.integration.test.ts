import assert from "node:assert/strict";
import type * as Status from "../../commands/status.js";
import { Checkout } from "../support/checkout.js";

describe("commands/status", () => {
  it("tells why the API refuses, rather than to report a cluster without nodes", async () => {
    const checkout = new Checkout();
    try {
      const { readNodes } = await checkout.load<typeof Status>("commands/status");
      const refusal = "error: You must be logged in to the server (Unauthorized)";
      checkout.fakeProgram("kubectl", `echo '${refusal}' >&2; exit 1`);
      assert.deepEqual(await readNodes(), {
        nodes: [],
        problem: `the Kubernetes API does not answer: ${refusal}`,
      });
      checkout.fakeProgram("kubectl", `echo '{"items":[{"kind":"Node","metadata":{"name":"node-1"}}]}'`);
      assert.deepEqual(await readNodes(), { nodes: [{ name: "node-1", zone: "", ready: false }] });
    } finally {
      checkout.remove();
    }
  });
});
