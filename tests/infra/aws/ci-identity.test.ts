import assert from "node:assert/strict";
import { CiIdentity } from "../../../infra/aws/ci-identity.js";
import { type Registered, only } from "../../support/program.js";
import { namesOf, recordAws, statementsOf } from "./harness.js";

const POLICY = "aws:iam/rolePolicy:RolePolicy";
const ROLE = "aws:iam/role:Role";

describe("infra/aws/ci-identity", () => {
  const recordCi = (zoneId?: string) =>
    recordAws((account) => new CiIdentity("ci", { account, gitHubRepository: "acme/platform", zoneId }));
  let resources: Registered[];
  before(async () => {
    resources = await recordCi("Z1");
  });
  const rightsOf = (policy: string): Record<string, any> =>
    statementsOf(only(resources, POLICY, policy).inputs.policy);
  const actionsOf = (rights: Record<string, any>): string[] =>
    Object.values(rights).flatMap(({ Action }) => Action as string | string[]);

  it("is GitHub's issuer and three roles, and no user with a key", () => {
    assert.deepEqual(namesOf(resources), [
      "CiIdentity ci",
      "Identity ci-deploy",
      "Identity ci-drift",
      "Identity ci-preview",
      "OpenIdConnectProvider ci",
      "Role ci-deploy",
      "Role ci-drift",
      "Role ci-preview",
      "RolePolicy ci-deploy-deploy",
      "RolePolicy ci-deploy-read",
      "RolePolicy ci-drift-read",
      "RolePolicy ci-preview-read",
    ]);
    assert.deepEqual(only(resources, "aws:iam/openIdConnectProvider:OpenIdConnectProvider", "ci").inputs, {
      url: "https://token.actions.githubusercontent.com",
      clientIdLists: ["sts.amazonaws.com"],
    });
  });

  it("opens each role to one environment of one repository, and to no pull request", () => {
    const subject = (name: string) => {
      const { GitHub, ...others } = statementsOf(only(resources, ROLE, name).inputs.assumeRolePolicy);
      assert.deepEqual(others, {});
      assert.deepEqual(Object.keys(GitHub.Condition), ["StringEquals"]);
      return GitHub.Condition.StringEquals["token.actions.githubusercontent.com:sub"];
    };
    assert.equal(subject("ci-preview"), "repo:acme/platform:environment:test-preview");
    assert.equal(subject("ci-drift"), "repo:acme/platform:environment:test-drift");
    assert.equal(subject("ci-deploy"), "repo:acme/platform:environment:test");
  });

  it("lets previews read how things are set up, and nothing that is in them", () => {
    const actions = actionsOf(rightsOf("ci-preview-read"));
    assert.ok(actions.length > 20);
    assert.deepEqual(
      actions.filter((action) => !/^[a-z0-9]+:(Describe|Get|List)/.test(action)),
      [],
    );
    const contents =
      /:Get(Secret|Parameter|Object|LogEvents|DownloadUrl|AuthorizationToken)|:BatchGet|Decrypt/;
    assert.deepEqual(
      actions.filter((action) => contents.test(action)),
      [],
    );
  });

  it("lets a look for drift read what a preview reads, and change nothing", () => {
    assert.deepEqual(rightsOf("ci-drift-read"), rightsOf("ci-preview-read"));
  });

  it("lets deployments give nobody any rights, itself least of all", () => {
    const rights = { ...rightsOf("ci-deploy-deploy"), ...rightsOf("ci-deploy-read") };
    const onIdentities = actionsOf(rights).filter((action) => action.startsWith("iam:"));
    assert.deepEqual(
      onIdentities.filter((action) => !/^iam:(Get|List)/.test(action)),
      ["iam:PassRole"],
    );
    const { HandRolesToTheirServices } = rights;
    assert.deepEqual(
      HandRolesToTheirServices.Resource,
      ["eks-cluster", "eks-auto-nodes", "eks-nodes", "eks-networking", "flow-logs"].map(
        (name) => `arn:aws:iam::123456789012:role/slipway-test-${name}`,
      ),
    );
    assert.deepEqual(Object.keys(HandRolesToTheirServices.Condition.StringEquals), ["iam:PassedToService"]);
    assert.deepEqual(
      actionsOf(rights).filter((action) => /AccessEntry|AccessPolicy$|AssumeRole/.test(action)),
      [],
    );
  });

  it("lets deployments delete neither cluster nor network, neither keys nor images", () => {
    const actions = actionsOf(rightsOf("ci-deploy-deploy"));
    const never = [
      "ec2:DeleteVpc",
      "ecr:BatchDeleteImage",
      "ecr:DeleteRepository",
      "eks:CreateCluster",
      "eks:DeleteCluster",
      "kms:Decrypt",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
    ];
    for (const action of never) assert.ok(!actions.includes(action), action);
  });

  it("names every action that changes something, and limits it to this account, region and stack", () => {
    const rights = rightsOf("ci-deploy-deploy");
    assert.deepEqual(
      actionsOf(rights).filter((action) => action.includes("*")),
      [],
    );
    const here = /^arn:aws:[a-z0-9]+:(us-west-2)?:(123456789012)?:/;
    for (const [Sid, { Resource }] of Object.entries(rights)) {
      for (const arn of [Resource].flat()) assert.match(arn, here, Sid);
    }
    const deletes = Object.entries(rights).filter(([, { Action }]) => /:Delete/.test(String(Action)));
    const tags = { "aws:ResourceTag/Project": "slipway", "aws:ResourceTag/Stack": "test" };
    for (const [Sid, { Condition, Resource }] of deletes) {
      const named = [Resource].flat().every((arn: string) => arn.includes("/slipway-test"));
      assert.ok(
        named || Object.entries(tags).every(([key, value]) => Condition?.StringEquals[key] === value),
        Sid,
      );
    }
  });

  it("gives no tag to what others made: the rights go by tags", () => {
    const { TagWhatIsMade, ...others } = rightsOf("ci-deploy-deploy");
    assert.equal(TagWhatIsMade.Action, "ec2:CreateTags");
    assert.ok(TagWhatIsMade.Condition.StringEquals["ec2:CreateAction"].includes("CreateSubnet"));
    const tagging = Object.entries(others).filter(([, { Action }]) => /ec2:CreateTags/.test(String(Action)));
    assert.deepEqual(
      tagging.map(([Sid, { Condition }]) => [Sid, Condition.StringEquals["aws:ResourceTag/Stack"]]),
      [["ChangeWhatIsOurs", "test"]],
    );
  });

  it("changes records in the configured zone, and in none if there is none", async () => {
    assert.deepEqual(rightsOf("ci-deploy-deploy").ChangeRecords, {
      Effect: "Allow",
      Action: "route53:ChangeResourceRecordSets",
      Resource: "arn:aws:route53:::hostedzone/Z1",
    });
    const { policy } = only(await recordCi(), POLICY, "ci-deploy-deploy").inputs;
    assert.equal(statementsOf(policy).ChangeRecords, undefined);
  });

  it("fits into what AWS takes for all policies of a role together", () => {
    for (const role of ["ci-preview", "ci-deploy"]) {
      const texts = resources.filter(({ type, name }) => type === POLICY && name.startsWith(`${role}-`));
      const length = texts.reduce((sum, { inputs }) => sum + (inputs.policy as string).length, 0);
      assert.ok(length > 1000 && length <= 10_240, `${role}: ${length}`);
    }
  });
});
