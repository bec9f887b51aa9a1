import assert from "node:assert/strict";
import { allow, allowDns, denyAll, podsWith } from "../../../infra/k8s/network-policy.js";

describe("infra/k8s/network-policy", () => {
  it("denies every pod both directions", () => {
    assert.deepEqual(denyAll(), { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("lets every pod ask the cluster's DNS, and kube-system nothing else", () => {
    const spec = allowDns() as any;
    assert.deepEqual(spec.policyTypes, ["Egress"]);
    assert.deepEqual(spec.egress, [
      {
        to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
    ]);
  });

  it("allows each peer its port, and nothing where nothing is given", () => {
    const peers = [podsWith({ app: "frontend" })];
    assert.deepEqual(allow({ app: "redis" }, [{ peers, port: 6379 }], []), {
      podSelector: { matchLabels: { app: "redis" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { app: "frontend" } } }],
          ports: [{ protocol: "TCP", port: 6379 }],
        },
      ],
      egress: [],
    });
  });

  it("leaves out a port without peers, which Kubernetes would open to everybody", () => {
    const { ingress, egress } = allow({ app: "redis" }, [{ peers: [], port: 1 }], [{ peers: [], port: 2 }]);
    assert.deepEqual([ingress, egress], [[], []]);
  });
});
