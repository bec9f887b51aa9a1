import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type * as Down from "../../commands/down.js";
import { Checkout } from "../support/checkout.js";

describe("commands/down", () => {
  let checkout: Checkout;
  let down: typeof Down;
  before(async () => {
    checkout = new Checkout();
    down = await checkout.load<typeof Down>("commands/down");
  });
  after(() => {
    checkout.remove();
  });

  it("removes data, images and build products, and neither the packages nor backups", async () => {
    const made = [
      ".local/bin/kubectl",
      ".local/hosts/node-1/volume",
      "apps/journal/frontend/dist/main.cjs",
      "apps/journal/fileserver/dist/index.html",
      "apps/chat/server/dist/main.cjs",
      "apps/chat/client/dist/index.html",
      "apps/prisma/dist/main.cjs",
      "toolchain/go/pulumi-resource-kubernetes/schema.json",
      "toolchain/go/pulumi-resource-kubernetes/terraform-mapping.json",
      "toolchain/go/gke-definitions/managedcertificates-crd.yaml",
    ];
    const kept = [
      "apps/journal/frontend/src/main.ts",
      "apps/prisma/generated/client/client.ts",
      "backups/monday.tar",
      "toolchain/go/go.mod",
      "toolchain/go/pulumi-resource-kubernetes/main.go",
      "node_modules",
    ];
    const present = (paths: string[]) => paths.filter((path) => existsSync(checkout.path(path)));
    for (const path of [...made, ...kept]) if (!existsSync(checkout.path(path))) checkout.write(path, "");
    await down.removeEverything();
    assert.deepEqual(present([...made, ".local", "apps/chat/server/dist"]), []);
    assert.deepEqual(present(kept), kept);
  });

  it("purges no stack whose cluster is down, and gives the command that does", async () => {
    checkout.write(".local/engine/stack/Pulumi.local.yaml", "");
    await assert.rejects(down.down({ purge: true }), /run "npm run up && npm run down -- --purge"/);
    assert.ok(existsSync(checkout.path(".local/engine/stack/Pulumi.local.yaml")));
  });
});
