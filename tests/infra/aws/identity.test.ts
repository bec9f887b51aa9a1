import assert from "node:assert/strict";
import { Identity } from "../../../infra/aws/identity.js";
import { serviceTrust } from "../../../infra/aws/trust.js";
import { only } from "../../support/program.js";
import { namesOf, recordAws, statementsOf } from "./harness.js";

describe("infra/aws/identity", () => {
  const args = {
    roleName: "slipway-test-nodes",
    description: "Nodes",
    trust: [serviceTrust("ec2.amazonaws.com")],
  };

  it("is a role that may do nothing until it is told what", async () => {
    const resources = await recordAws(() => new Identity("nodes", args));
    assert.deepEqual(namesOf(resources), ["Identity nodes", "Role nodes"]);
    const { assumeRolePolicy, ...inputs } = only(resources, "aws:iam/role:Role", "nodes").inputs;
    assert.deepEqual(inputs, { name: "slipway-test-nodes", description: "Nodes" });
    assert.deepEqual(statementsOf(assumeRolePolicy), {
      Service: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: ["sts:AssumeRole"] },
    });
  });

  it("gets policies of AWS, and its own", async () => {
    const read = [{ Sid: "Read", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" }];
    const resources = await recordAws(
      () =>
        new Identity("nodes", { ...args, awsPolicies: ["AmazonEKSWorkerNodePolicy"], policies: { read } }),
    );
    const attachment = only(
      resources,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      "nodes-AmazonEKSWorkerNodePolicy",
    ).inputs;
    assert.deepEqual(attachment, {
      role: "slipway-test-nodes",
      policyArn: "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
    });
    const { policy, ...inputs } = only(resources, "aws:iam/rolePolicy:RolePolicy", "nodes-read").inputs;
    assert.deepEqual(inputs, { name: "read", role: "slipway-test-nodes" });
    assert.deepEqual(statementsOf(policy), {
      Read: { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" },
    });
  });
});
