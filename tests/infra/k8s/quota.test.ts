import assert from "node:assert/strict";
import { largestOf, quotaFor } from "../../../infra/k8s/quota.js";

const rolling = {
  replicas: 2,
  surges: true,
  resources: { cpu: "500m", memory: "256Mi", ephemeralStorage: "64Mi" },
};
const replaced = {
  replicas: 3,
  surges: false,
  resources: { cpu: "1", memory: "1G", ephemeralStorage: "1Gi" },
};

describe("infra/k8s/quota", () => {
  it("has room for every pod, for its successor while it drains, and for one that surges", () => {
    assert.deepEqual(quotaFor([rolling]), {
      pods: "5",
      "requests.cpu": "2500m",
      "limits.cpu": "2500m",
      "requests.memory": "1280Mi",
      "limits.memory": "1280Mi",
      "requests.ephemeral-storage": "320Mi",
      "limits.ephemeral-storage": "320Mi",
      "services.nodeports": "0",
      "services.loadbalancers": "0",
    });
  });

  it("has no room to spare for pods that are replaced in place", () => {
    const { pods, "requests.cpu": cpu, "requests.memory": memory } = quotaFor([replaced]);
    assert.deepEqual([pods, cpu, memory], ["3", "3000m", "2862Mi"]);
  });

  it("adds up what lives together", () => {
    const { pods, "limits.cpu": cpu } = quotaFor([rolling, replaced]);
    assert.deepEqual([pods, cpu], ["8", "5500m"]);
  });

  it("counts what stands beside a container in each pod, but no pod twice", () => {
    const beside = [{ cpu: "200m", memory: "2Gi", ephemeralStorage: "16Mi" }];
    const { pods, "limits.cpu": cpu } = quotaFor([{ ...replaced, beside }]);
    assert.deepEqual([pods, cpu], ["3", "3600m"]);
    assert.deepEqual(largestOf([{ ...replaced, beside }]), {
      cpu: "1000m",
      memory: "2048Mi",
      "ephemeral-storage": "1024Mi",
    });
  });

  it("has room for the load balancers that are asked for, and for as many ports of the nodes", () => {
    const { "services.loadbalancers": loadBalancers, "services.nodeports": ports } = quotaFor([rolling], 1);
    assert.deepEqual([loadBalancers, ports], ["1", "1"]);
  });

  it("limits a container to the largest that belongs there", () => {
    assert.deepEqual(largestOf([rolling, replaced]), {
      cpu: "1000m",
      memory: "954Mi",
      "ephemeral-storage": "1024Mi",
    });
  });
});
