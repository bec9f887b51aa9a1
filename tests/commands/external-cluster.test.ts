import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type * as External from "../../commands/external-cluster.js";
import type * as Up from "../../commands/up.js";
import { quoted } from "../../shell/programs.js";
import { Checkout } from "../support/checkout.js";

describe("commands/external-cluster", () => {
  let checkout: Checkout;
  let externalCluster: typeof External.externalCluster;
  let kubeconfig: string;
  before(async () => {
    checkout = Checkout.shared();
    ({ externalCluster } = await checkout.load<typeof External>("commands/external-cluster"));
    kubeconfig = checkout.path("there.yaml");
    checkout.write("there.yaml", "");
  });

  const needsRegistry = /^--registry: missing; give host and path of a registry .+ slipway:images of Pulumi/;

  it("is none without a flag, and the one of the kubeconfig with it", () => {
    assert.equal(externalCluster({}), undefined);
    const flags = { kubeconfig, context: "test", registry: "registry.example/slipway" };
    assert.deepEqual(externalCluster(flags), flags);
  });

  it("needs a kubeconfig that is there", () => {
    for (const flags of [{ context: "test" }, { registry: "registry.example" }])
      assert.throws(() => externalCluster(flags), /^Error: --context and --registry go with --kubeconfig/);
    const gone = { kubeconfig: "/nowhere/config", registry: "registry.example" };
    assert.throws(() => externalCluster(gone), /--kubeconfig: expected a file, got "\/nowhere\/config"/);
  });

  it("needs a registry, unless the stack file says where the images are", () => {
    assert.throws(() => externalCluster({ kubeconfig }), { message: needsRegistry });
    const committed = readFileSync(checkout.path("Pulumi.local.yaml"), "utf8");
    try {
      checkout.write(
        "Pulumi.local.yaml",
        `${committed}  slipway:images:\n    redis: registry.example/redis@sha256:0\n`,
      );
      assert.deepEqual(externalCluster({ kubeconfig }), {
        kubeconfig,
        context: undefined,
        registry: undefined,
      });
    } finally {
      checkout.write("Pulumi.local.yaml", committed);
    }
  });

  it("is refused by up before anything is built or written", async () => {
    // So that up goes no further than the settings, whatever is broken.
    checkout.write(".local/settings.json", '{"nodes":5}');
    const { up } = await checkout.load<typeof Up>("commands/up");
    await assert.rejects(up({ kubeconfig, context: "test", nodes: 3 }), { message: needsRegistry });
    assert.deepEqual(readdirSync(checkout.local), ["settings.json"]);
  });

  it("is refused by up before anything is built or written, when the stack is deployed elsewhere", async () => {
    checkout.write(".local/settings.json", '{"nodes":5}');
    checkout.write(".local/engine/cluster", JSON.stringify({ kubeconfig, context: "test" }));
    const { up } = await checkout.load<typeof Up>("commands/up");
    const registry = "registry.example/slipway";
    for (const [options, got] of [
      [{ kubeconfig, context: "prod", registry }, `${quoted(kubeconfig)} prod`],
      [{}, "this machine's"],
    ] as const)
      await assert.rejects(up({ ...options, nodes: 3 }), {
        message: `stack local is deployed on ${quoted(kubeconfig)} test cluster, got ${got}; run "npm run down -- --purge" there first`,
      });
    assert.deepEqual(readdirSync(checkout.local).sort(), ["engine", "settings.json"]);
  });
});
