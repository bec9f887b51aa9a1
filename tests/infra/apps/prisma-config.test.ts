import assert from "node:assert/strict";
import { connectionsOf } from "../../../infra/apps/prisma-config.js";
import type { Tenant } from "../../../infra/k8s/quota.js";

const resources = { cpu: "500m", memory: "384Mi", ephemeralStorage: "64Mi" };
const pods = (replicas: number, surges = true): Tenant => ({ replicas, surges, resources, beside: [] });

describe("infra/apps/prisma-config", () => {
  it("gives all pods of a rollout together no more connections than the database takes, and no pod more than 20", () => {
    for (const [replicas, limit, expected] of [
      [1, 200, 20],
      [2, 50, 10],
      [12, 50, 2],
      [49, 200, 2],
    ] as const)
      assert.equal(connectionsOf(pods(replicas), limit), expected, `${replicas} of ${limit}`);
    assert.equal(connectionsOf(pods(25, false), 50), 2);
  });

  it("refuses more pods than there are two connections for", () => {
    for (const [tenant, limit, atOnce] of [
      [pods(13), 50, 27],
      [pods(50), 200, 101],
      [pods(26, false), 50, 26],
    ] as const)
      assert.throws(() => connectionsOf(tenant, limit), {
        propertyPath: "replicas",
        reason:
          `expected few enough for 2 of the database's ${limit} connections each, also in a rollout with ${atOnce} ` +
          `pods at once, got ${tenant.replicas}`,
      });
  });
});
