import assert from "node:assert/strict";
import type { LiveObject } from "../../../rehearsal/checks/live-objects.js";
import { podComplaints } from "../../../rehearsal/checks/pods.js";

const node = (name: string, zone: string): LiveObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels: { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone } },
});

const pod = (name: string, nodeName: string, ready = "True"): LiveObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "journal", labels: { app: "redis" } },
  spec: { nodeName },
  status: { conditions: [{ type: "Ready", status: ready }] },
});

const event = (reason: string, name: string, message = "because"): LiveObject => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: `${name}.1`, namespace: "journal" },
  reason,
  message,
  involvedObject: { kind: "Pod", namespace: "journal", name },
});

const namespace = (labels: Record<string, string>): LiveObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "journal", labels },
});

const restricted = namespace({ "pod-security.kubernetes.io/enforce": "restricted" });
const quota = {
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name: "journal", namespace: "journal" },
};
const nodes = [node("n1", "a"), node("n2", "b"), node("n3", "c")];

const set = (replicas: number): LiveObject => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "redis", namespace: "journal" },
  spec: { replicas, selector: { matchLabels: { app: "redis" } } },
});

describe("rehearsal/checks/pods", () => {
  it("has nothing to say of ready pods, each on a node of its own", () => {
    const pods = [pod("redis-0", "n1"), pod("redis-1", "n2"), pod("redis-2", "n3")];
    assert.deepEqual(podComplaints([restricted, quota, ...nodes, set(3), ...pods]), []);
  });

  it("says which pods are not ready, and how many are missing", () => {
    const pods = [pod("redis-0", "n1"), pod("redis-1", "n2", "False")];
    assert.deepEqual(podComplaints([restricted, quota, ...nodes, set(3), ...pods]), [
      "Pod journal/redis-1: is not ready",
      "StatefulSet journal/redis: expected 3 pods, got 1",
    ]);
  });

  it("says when pods crowd on a node while another has none", () => {
    const pods = [pod("redis-0", "n1"), pod("redis-1", "n1"), pod("redis-2", "n2")];
    assert.deepEqual(podComplaints([restricted, quota, ...nodes, set(3), ...pods]), [
      "StatefulSet journal/redis: its pods are not spread over kubernetes.io/hostname (n1: 2, n2: 1, n3: 0)",
      "StatefulSet journal/redis: its pods are not spread over topology.kubernetes.io/zone (a: 2, b: 1, c: 0)",
    ]);
  });

  it("says which namespace enforces nothing, or has no quota", () => {
    assert.deepEqual(podComplaints([namespace({})]), [
      'Namespace journal: enforces Pod Security "none"',
      "Namespace journal: has no quota",
    ]);
  });

  it("tells what Kubernetes refused to create, and who finds no place now", () => {
    const objects = [
      event("FailedCreate", "redis-0"),
      event("FailedScheduling", "redis-1"),
      pod("redis-1", "", "False"),
    ];
    assert.deepEqual(
      podComplaints([...objects, event("FailedScheduling", "found-one-since"), event("Pulled", "a")]),
      ["Pod journal/redis-0: FailedCreate because", "Pod journal/redis-1: FailedScheduling because"],
    );
  });

  it("does not tell of a pod that only had to be counted again, but of one that the quota refuses", () => {
    const late = 'Operation cannot be fulfilled on resourcequotas "journal": the object has been modified';
    const refused = 'pods "a" is forbidden: exceeded quota: journal';
    for (const say of ["Error creating", "create Pod redis-2 in StatefulSet redis failed error"])
      assert.deepEqual(
        podComplaints([
          event("FailedCreate", "counted-again", `${say}: ${late}`),
          event("FailedCreate", "refused", `${say}: ${refused}`),
        ]),
        [`Pod journal/refused: FailedCreate ${say}: ${refused}`],
      );
  });
});
