import assert from "node:assert/strict";
import { accessEntriesFor } from "../../../infra/aws/access-entries.js";

const arn = (identity: string) => `arn:aws:iam::123456789012:${identity}`;
const entry = (principalArn: string, policy: string) => ({
  principalArn,
  accessPolicies: {
    [policy]: {
      policyArn: `arn:aws:eks::aws:cluster-access-policy/AmazonEKS${policy}Policy`,
      accessScope: { type: "cluster" },
    },
  },
});

describe("infra/aws/access-entries", () => {
  it("lets nobody in by default", () => {
    assert.deepEqual(accessEntriesFor({ admins: [] }), {});
  });

  it("gives admins and deployments the whole cluster, previews a look without Secrets, and drift a look with them", () => {
    const users = {
      admins: [arn("role/admin")],
      deployRoleArn: arn("role/slipway-dev-deploy"),
      previewRoleArn: arn("role/slipway-dev-preview"),
      driftRoleArn: arn("role/slipway-dev-drift"),
    };
    assert.deepEqual(accessEntriesFor(users), {
      "admin-role-admin": entry(arn("role/admin"), "ClusterAdmin"),
      deploy: entry(arn("role/slipway-dev-deploy"), "ClusterAdmin"),
      preview: entry(arn("role/slipway-dev-preview"), "View"),
      drift: entry(arn("role/slipway-dev-drift"), "AdminView"),
    });
  });

  it("names an entry by whom it is for, so that another order of the admins replaces none", () => {
    const admins = [arn("role/team/admin"), arn("user/admin"), arn("role/admin")];
    const names = ["admin-role-admin", "admin-role-team-admin", "admin-user-admin"];
    assert.deepEqual(Object.keys(accessEntriesFor({ admins })), names);
    assert.deepEqual(
      accessEntriesFor({ admins: [...admins, ...admins].reverse() }),
      accessEntriesFor({ admins }),
    );
  });
});
