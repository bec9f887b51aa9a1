import assert from "node:assert/strict";
import { allIsReady, formatStatus } from "../../commands/status.js";
import type * as Status from "../../commands/status.js";
import { Checkout } from "../support/checkout.js";

describe("commands/status", () => {
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

  it("says first why the nodes are not known, when they are not", () => {
    const apps = [{ name: "journal", url: "https://journal.localhost:8443", ready: true }];
    const status = {
      stack: "local" as const,
      nodes: [],
      apps,
      problem: "the Kubernetes API does not answer",
    };
    assert.deepEqual(formatStatus(status).split("\n"), [
      "the Kubernetes API does not answer",
      "journal  https://journal.localhost:8443  ready",
    ]);
    assert.equal(allIsReady(status), false);
  });

  it("is all ready when there is something and every node and app of it is", () => {
    const ready = { name: "node-1", zone: "local-a", ready: true };
    const app = { name: "journal", url: "https://journal.localhost:8443", ready: true };
    const status = (nodes: (typeof ready)[], apps: (typeof app)[]) => ({
      stack: "local" as const,
      nodes,
      apps,
    });
    assert.equal(allIsReady(status([ready], [app])), true);
    assert.equal(allIsReady(status([], [])), false);
    assert.equal(allIsReady(status([{ ...ready, ready: false }], [app])), false);
    assert.equal(allIsReady(status([ready], [{ ...app, ready: false }])), false);
  });

  it("shows nothing when there is nothing", () => {
    assert.equal(formatStatus({ stack: "local", nodes: [], apps: [] }), "");
  });

  it("reports the apps of the last deployment as not ready while the cluster is down", async () => {
    const checkout = Checkout.shared();
    const url = "https://journal.localhost:8443";
    checkout.write(".local/engine/outputs.json", JSON.stringify({ urls: { journal: url } }));
    const { readStatus } = await checkout.load<typeof Status>("commands/status");
    assert.deepEqual(await readStatus(), {
      stack: "local",
      nodes: [],
      apps: [{ name: "journal", url, ready: false }],
    });
  });

  it("tells of apps on somebody else's cluster that it does not know how they are", async () => {
    const checkout = Checkout.shared();
    checkout.write(".local/engine/cluster", '{"kubeconfig":"/home/somebody/.kube/config"}');
    const { readStatus } = await checkout.load<typeof Status>("commands/status");
    assert.deepEqual(await readStatus(), {
      stack: "local",
      nodes: [],
      apps: [],
      problem: "the apps are on a cluster that is not this machine's; ask that one",
    });
  });
});
