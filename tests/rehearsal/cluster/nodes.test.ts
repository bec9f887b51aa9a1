import type { V1Taint } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { made } from "../../../rehearsal/cluster/made.js";
import { fingerprint, nodeOf, type NodePool } from "../../../rehearsal/cluster/nodes.js";

const pool: NodePool = {
  name: "nodes",
  zones: ["europe-west1-b"],
  region: "europe-west1",
  machineType: "e2-standard-4",
  allocatable: { cpu: "3920m", memory: "13Gi", pods: "110", "ephemeral-storage": "40Gi" },
  labels: {},
  taints: [],
};
const print = (change: Partial<NodePool> = {}, name = "nodes-1", zone = "europe-west1-b") =>
  fingerprint(nodeOf({ ...pool, ...change }, zone, name));

describe("rehearsal/cluster/nodes", () => {
  it("keeps a node to which Kubernetes itself has added labels and taints", () => {
    const node = nodeOf(pool, "europe-west1-b", "nodes-2");
    Object.assign(node.metadata?.labels ?? {}, {
      "beta.kubernetes.io/arch": "amd64",
      "beta.kubernetes.io/os": "linux",
    });
    node.spec?.taints?.push(made<V1Taint>({ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }));
    assert.equal(fingerprint(node), print());
  });

  it("replaces a node of another machine type, zone, label or taint", () => {
    const others = [
      print({ machineType: "e2-standard-8" }),
      print({}, "nodes-1", "europe-west1-c"),
      print({ labels: { team: "a" } }),
      print({ taints: [{ key: "spot", value: "true", effect: "NoSchedule" }] }),
    ];
    assert.equal(new Set([print(), ...others]).size, 5);
  });
});
