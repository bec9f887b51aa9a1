import assert from "node:assert/strict";
import { AppNamespace } from "../../../infra/apps/app-namespace.js";
import { only, record, valueOf } from "../../support/program.js";

const cluster = {
  dnsPeers: [{ ipBlock: { cidr: "172.20.0.10/32" } }],
  namespaceLabels: { "eks.amazonaws.com/pod-readiness-gate-inject": "enabled" },
};
const tenants = [
  { replicas: 2, surges: true, resources: { cpu: "1", memory: "1G", ephemeralStorage: "64Mi" } },
];

describe("infra/apps/app-namespace", () => {
  it("registers these resources and no others", async () => {
    const resources = await record(() => new AppNamespace("journal", { cluster, tenants }));
    assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
      "kubernetes:core/v1:LimitRange journal",
      "kubernetes:core/v1:Namespace journal",
      "kubernetes:core/v1:ResourceQuota journal",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy journal-allow-dns",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy journal-deny-all",
      "slipway:apps:AppNamespace journal",
    ]);
  });

  it("admits restricted pods only, of a version that a new cluster does not change", async () => {
    const resources = await record(() => new AppNamespace("journal", { cluster, tenants }));
    const { labels } = only(resources, "kubernetes:core/v1:Namespace", "journal").inputs.metadata;
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
    assert.match(labels["pod-security.kubernetes.io/enforce-version"], /^v1\.\d+$/);
    assert.equal(labels["pod-security.kubernetes.io/warn-version"], "latest");
  });

  it("limits a container, also one that asks for nothing, to the largest that belongs there", async () => {
    const resources = await record(() => new AppNamespace("journal", { cluster, tenants }));
    const largest = { cpu: "1000m", memory: "954Mi", "ephemeral-storage": "64Mi" };
    assert.deepEqual(only(resources, "kubernetes:core/v1:LimitRange", "journal").inputs.spec.limits, [
      { type: "Container", max: largest, default: largest, defaultRequest: largest },
    ]);
  });

  it("defaults to no load balancer, and has room for those that it is told of", async () => {
    const room = async (own: { loadBalancers?: number }) => {
      const resources = await record(() => new AppNamespace("journal", { cluster, tenants, ...own }));
      const { hard } = only(resources, "kubernetes:core/v1:ResourceQuota", "journal").inputs.spec;
      return [hard["services.loadbalancers"], hard["services.nodeports"]];
    };
    assert.deepEqual(await room({}), ["0", "0"]);
    assert.deepEqual(await room({ loadBalancers: 1 }), ["1", "1"]);
  });

  it("has the name that it is given", async () => {
    let namespace: AppNamespace | undefined;
    await record(() => (namespace = new AppNamespace("journal", { cluster, tenants })));
    assert.ok(namespace);
    assert.equal(await valueOf(namespace.name), "journal");
  });

  it("carries the cloud's labels, and lets its pods ask the cloud's own DNS", async () => {
    const resources = await record(() => new AppNamespace("journal", { cluster, tenants }));
    const { labels } = only(resources, "kubernetes:core/v1:Namespace", "journal").inputs.metadata;
    assert.equal(labels["eks.amazonaws.com/pod-readiness-gate-inject"], "enabled");
    const policy = only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "journal-allow-dns");
    assert.deepEqual(policy.inputs.spec.egress[0].to[1], { ipBlock: { cidr: "172.20.0.10/32" } });
  });
});
