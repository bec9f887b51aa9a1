import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { Checkout } from "../support/checkout.js";

// The commands themselves are tried in commands.test.ts; this one starts the program as npm does.
describe("machine/main", () => {
  it("ends with 1 and a message without a stack when there is no cluster to talk to", async () => {
    const checkout = new Checkout();
    try {
      const args = ["--import", "slipway/typescript", "machine/main.ts", "kubectl", "get", "pods", "--help"];
      const child = spawn(process.execPath, args, {
        cwd: checkout.folder,
        stdio: ["ignore", "pipe", "pipe"],
        env: { PATH: checkout.path("nowhere"), NO_COLOR: "1" },
      });
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      const expected = '\nerror: there is no cluster yet; run "npm run up"\n';
      assert.deepEqual([child.exitCode, stdout, stderr], [1, "", expected]);
    } finally {
      checkout.remove();
    }
  });
});
