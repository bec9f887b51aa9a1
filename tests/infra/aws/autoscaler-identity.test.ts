import assert from "node:assert/strict";
import { AutoscalerIdentity } from "../../../infra/aws/autoscaler-identity.js";
import { only } from "../../support/program.js";
import { recordAws, statementsOf } from "./harness.js";

describe("infra/aws/autoscaler-identity", () => {
  const recordIdentity = () =>
    recordAws((account) => new AutoscalerIdentity("autoscaler", { account, clusterName: "slipway-test" }));

  it("scales the groups of this cluster, and only sees others", async () => {
    const { policy } = only(
      await recordIdentity(),
      "aws:iam/rolePolicy:RolePolicy",
      "autoscaler-scale",
    ).inputs;
    const { SeeGroups, ScaleOwnGroups, SeeNodeGroups, ...others } = statementsOf(policy);
    assert.deepEqual(others, {});
    assert.deepEqual(
      SeeGroups.Action.filter((action: string) => !/:(Describe|Get)/.test(action)),
      [],
    );
    assert.equal(SeeNodeGroups.Resource, "arn:aws:eks:us-west-2:123456789012:nodegroup/slipway-test/*");
    assert.deepEqual(ScaleOwnGroups, {
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: "arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:*:autoScalingGroupName/*",
      Condition: {
        StringEquals: { "aws:ResourceTag/k8s.io/cluster-autoscaler/slipway-test": "owned" },
      },
    });
  });

  it("is given to the pods of the autoscaler's own service account, when it has its rights", async () => {
    const resources = await recordIdentity();
    const association = only(
      resources,
      "aws:eks/podIdentityAssociation:PodIdentityAssociation",
      "autoscaler",
    );
    assert.deepEqual(association.inputs, {
      clusterName: "slipway-test",
      namespace: "kube-system",
      serviceAccount: "cluster-autoscaler",
      roleArn: "arn:aws:iam::123456789012:role/slipway-test-autoscaler",
    });
    const { urn } = only(resources, "aws:iam/rolePolicy:RolePolicy", "autoscaler-scale");
    assert.ok(association.dependencies.includes(urn));
    const { assumeRolePolicy } = only(resources, "aws:iam/role:Role", "autoscaler").inputs;
    assert.equal(
      statementsOf(assumeRolePolicy).Pods.Condition.StringEquals["aws:RequestTag/kubernetes-service-account"],
      "cluster-autoscaler",
    );
  });
});
