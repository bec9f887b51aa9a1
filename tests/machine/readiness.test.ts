import assert from "node:assert/strict";
import { notReady, startOfHost, type ClusterObject } from "../../machine/readiness.js";

const start = Date.parse("2026-03-01T12:00:00Z");
const before = "2026-03-01T11:59:00Z";
const after = "2026-03-01T12:00:05Z";
const startOf = (node: string) => (node === "node-1" ? start : undefined);

const node = (ready: string, lastHeartbeatTime: string, name = "node-1"): ClusterObject => ({
  kind: "Node",
  metadata: { name },
  status: { conditions: [{ type: "Ready", status: ready, lastHeartbeatTime }] },
});

const pod = (
  startedAt: string,
  { ready = "True", version = "1", ...metadata }: Record<string, string> = {},
): ClusterObject => ({
  kind: "Pod",
  metadata: { name: "pod", namespace: "journal", labels: { app: "web", version }, ...metadata },
  spec: { nodeName: "node-1", containers: [] },
  status: {
    conditions: [{ type: "Ready", status: ready }],
    containerStatuses: [
      {
        name: "web",
        image: "",
        imageID: "",
        ready: true,
        restartCount: 0,
        state: { running: { startedAt } },
      },
    ],
  },
});

const workload = (kind: "Deployment" | "StatefulSet", status: object = {}): ClusterObject =>
  ({
    kind,
    metadata: { name: "web", namespace: "journal", generation: 3 },
    spec: { replicas: 2, selector: { matchLabels: { app: "web" } } },
    status: { observedGeneration: 3, updatedReplicas: 2, ...status },
  }) as unknown as ClusterObject;

describe("machine/readiness", () => {
  it("counts a node as ready that has said so since it was started", () => {
    assert.deepEqual(notReady([node("True", after)], startOf), []);
  });

  it("counts a node as not ready that says so, that said otherwise before its start, or that does not run", () => {
    assert.deepEqual(notReady([node("False", after)], startOf), ["node-1 is not ready"]);
    assert.deepEqual(notReady([node("True", before)], startOf), ["node-1 is not ready"]);
    assert.deepEqual(notReady([node("True", after, "node-2")], startOf), ["node-2 is not ready"]);
  });

  for (const kind of ["Deployment", "StatefulSet"] as const) {
    it(`counts a ${kind} as ready with all its pods ready`, () => {
      assert.deepEqual(notReady([workload(kind), pod(after), pod(after)], startOf), []);
    });

    it(`does not trust what a ${kind}'s pods were before their node was started`, () => {
      assert.deepEqual(notReady([workload(kind), pod(after), pod(before)], startOf), [
        `${kind} web: 1 of 2 pods ready`,
      ]);
    });
  }

  const half = ["Deployment web: 1 of 2 pods ready"];
  const others: Record<string, Record<string, string>> = {
    "is not ready": { ready: "False" },
    "is about to go": { deletionTimestamp: after },
    "is of another namespace": { namespace: "other" },
  };
  for (const [what, change] of Object.entries(others)) {
    it(`does not count a pod that ${what}`, () => {
      assert.deepEqual(notReady([workload("Deployment"), pod(after), pod(after, change)], startOf), half);
    });
  }

  it("waits for the controller to have seen the latest version, and for its pods", () => {
    for (const status of [{ observedGeneration: 2 }, { updatedReplicas: 1 }]) {
      const objects = [workload("Deployment", status), pod(after), pod(after)];
      assert.deepEqual(notReady(objects, startOf), ["Deployment web: 2 of 2 pods ready"]);
    }
  });

  it("knows no start of a host that does not run", () => {
    assert.equal(startOfHost("node-99"), undefined);
  });
});
