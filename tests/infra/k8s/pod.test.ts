import assert from "node:assert/strict";
import { labelsFor } from "../../../infra/k8s/labels.js";
import { podTemplate } from "../../../infra/k8s/pod.js";

const labels = labelsFor("journal", "frontend");
const args = {
  labels,
  serviceAccountName: "frontend",
  container: { name: "frontend" },
  terminationGracePeriodSeconds: 30,
};
const specOf = (change: object = {}): any => podTemplate({ ...args, ...change }).spec;

describe("infra/k8s/pod", () => {
  it("keeps the pod's group apart from the node's, and filters its system calls", () => {
    assert.deepEqual(specOf().securityContext, {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  it("gets neither a token of the Kubernetes API nor a variable for every Service", () => {
    assert.equal(specOf().automountServiceAccountToken, false);
    assert.equal(specOf().enableServiceLinks, false);
  });

  it("asks again for a name after a second, and not after five", () => {
    assert.deepEqual(specOf().dnsConfig, {
      options: [
        { name: "timeout", value: "1" },
        { name: "attempts", value: "3" },
      ],
    });
  });

  it("prefers another node and another zone, but takes what there is", () => {
    const spec = specOf();
    const constraints = spec.topologySpreadConstraints.map((one: any) => [
      one.topologyKey,
      one.maxSkew,
      one.whenUnsatisfiable,
    ]);
    assert.deepEqual(constraints, [
      ["kubernetes.io/hostname", 1, "ScheduleAnyway"],
      ["topology.kubernetes.io/zone", 1, "ScheduleAnyway"],
    ]);
    const [apart] = spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    assert.deepEqual(apart.podAffinityTerm, {
      topologyKey: "kubernetes.io/hostname",
      labelSelector: { matchLabels: labels.selector },
    });
  });

  it("spreads each version by itself when it is told to, and not otherwise", () => {
    const keys = (spec: any) => spec.topologySpreadConstraints.map((one: any) => one.matchLabelKeys);
    assert.deepEqual(keys(specOf({ spreadEachVersion: true })), [
      ["pod-template-hash"],
      ["pod-template-hash"],
    ]);
    assert.deepEqual(keys(specOf()), [undefined, undefined]);
  });
});
