import assert from "node:assert/strict";
import { PushIdentity } from "../../../infra/aws/push-identity.js";
import { Registry } from "../../../infra/aws/registry.js";
import { gitHubTrust } from "../../../infra/aws/trust.js";
import { cloudImageNames } from "../../../infra/platform.js";
import { only } from "../../support/program.js";
import { recordAws, statementsOf } from "./harness.js";

describe("infra/aws/push-identity", () => {
  const recordPush = () =>
    recordAws((account) => {
      const registry = new Registry("registry", { account, protection: false });
      return new PushIdentity("push", {
        account,
        registry,
        trust: [gitHubTrust(account, "acme/platform", "dev")],
      });
    });

  it("pushes to the repositories of this registry, and can neither delete nor set anything up", async () => {
    const { policy } = only(await recordPush(), "aws:iam/rolePolicy:RolePolicy", "push-push").inputs;
    assert.deepEqual(statementsOf(policy), {
      SignIn: { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
      Push: {
        Effect: "Allow",
        Action: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ],
        Resource: cloudImageNames.map(
          (name) => `arn:aws:ecr:us-west-2:123456789012:repository/slipway/${name}`,
        ),
      },
    });
  });

  it("is a role without a key, for those who are named", async () => {
    const resources = await recordPush();
    const { name, assumeRolePolicy } = only(resources, "aws:iam/role:Role", "push").inputs;
    assert.equal(name, "slipway-test-push");
    assert.deepEqual(Object.keys(statementsOf(assumeRolePolicy)), ["GitHub"]);
    assert.deepEqual(
      resources.filter(({ type }) => /iam\/(user|accessKey)/.test(type)),
      [],
    );
  });
});
