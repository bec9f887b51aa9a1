import assert from "node:assert/strict";
import { AmazonWebServices, type AmazonWebServicesArgs } from "../../../infra/aws/amazon-web-services.js";
import { ACCOUNT_ID, REGION } from "../../support/clouds.js";
import { type RecordOptions, type Registered, only, record, valueOf } from "../../support/program.js";
import { namesOf, ofType, statementsOf } from "./harness.js";

const args: AmazonWebServicesArgs = {
  accountId: ACCOUNT_ID,
  region: REGION,
  eks: {},
  images: {},
  protection: true,
};
const everything = { hostedZone: "example.com", domain: "example.com", gitHubRepository: "acme/platform" };
const recordStack = (more: Partial<AmazonWebServicesArgs> = {}, options?: RecordOptions) =>
  record(() => new AmazonWebServices("aws", { ...args, ...more }), options);

describe("infra/aws/amazon-web-services", () => {
  let resources: Registered[];
  let aws: AmazonWebServices;
  before(async () => {
    resources = await record(() => {
      aws = new AmazonWebServices("aws", { ...args, ...everything });
    });
  });

  it("is a network, a cluster, a registry, keys, and who may do what", () => {
    const components = resources.filter(({ type }) => /^slipway:aws:(?!Identity|EncryptionKey)/.test(type));
    assert.deepEqual(namesOf(components), [
      "AmazonWebServices aws",
      "AutoscalerIdentity aws-autoscaler",
      "CiIdentity aws-ci",
      "Eks eks",
      "EksCluster aws-eks",
      "FlowLogs aws-vpc-flow-logs",
      "NodeGroup aws-eks-nodes",
      "PushIdentity aws-push",
      "Registry aws-registry",
      "Vpc aws-vpc",
    ]);
    const keys = ofType(resources, "aws:kms/key:Key").map(({ name }) => name);
    assert.deepEqual(keys.sort(), ["aws-eks-secrets", "aws-logs", "aws-registry"]);
  });

  it("makes everything with one provider, for this account and region alone, and tags it", () => {
    const provider = only(resources, "pulumi:providers:aws", "aws");
    assert.equal(provider.inputs.region, "us-west-2");
    assert.deepEqual(JSON.parse(provider.inputs.allowedAccountIds), ["123456789012"]);
    assert.deepEqual(JSON.parse(provider.inputs.defaultTags), {
      tags: { Project: "slipway", Stack: "test", ManagedBy: "pulumi" },
    });
    const made = resources.filter(({ type }) => type.startsWith("aws:"));
    assert.ok(made.length > 60);
    const strays = made.filter((resource) => !resource.provider.startsWith(provider.urn));
    assert.deepEqual(
      strays.map(({ name }) => name),
      [],
    );
  });

  it("hangs everything below itself", () => {
    const orphans = resources.filter(({ parent, name }) => parent === "" && name !== "aws");
    assert.deepEqual(orphans, []);
  });

  it("goes in order: apps' provider, nodes, cluster, network", () => {
    const reaches = (from: Registered, to: Registered) => from.dependencies.includes(to.urn);
    const apps = only(resources, "pulumi:providers:kubernetes", "eks");
    const nodes = only(resources, "aws:eks/nodeGroup:NodeGroup", "aws-eks-nodes");
    const cluster = only(resources, "eks:index:Cluster", "aws-eks");
    const network = resources.filter(
      ({ type }) => type.startsWith("aws:ec2/") && !/LaunchTemplate/.test(type),
    );
    assert.ok(reaches(apps, nodes));
    assert.ok(reaches(nodes, cluster));
    assert.equal(network.length, 20);
    for (const part of network) assert.ok(reaches(cluster, part), part.urn);
  });

  it("lets the repository's workflows into account and cluster, and images be pushed by them", () => {
    const entries = only(resources, "eks:index:Cluster", "aws-eks").inputs.accessEntries;
    assert.equal(entries.deploy.principalArn, "arn:aws:iam::123456789012:role/slipway-test-deploy");
    assert.equal(entries.preview.principalArn, "arn:aws:iam::123456789012:role/slipway-test-preview");
    assert.equal(entries.drift.principalArn, "arn:aws:iam::123456789012:role/slipway-test-drift");
    const { assumeRolePolicy } = only(resources, "aws:iam/role:Role", "aws-push").inputs;
    const { GitHub, ...others } = statementsOf(assumeRolePolicy);
    assert.deepEqual(others, {});
    const subject = GitHub.Condition.StringEquals["token.actions.githubusercontent.com:sub"];
    assert.equal(subject, "repo:acme/platform:environment:test");
    const deploy = only(resources, "aws:iam/rolePolicy:RolePolicy", "aws-ci-deploy-deploy").inputs.policy;
    assert.match(statementsOf(deploy).ChangeRecords.Resource, /hostedzone\/zone-of-example\.com$/);
  });

  it("tells people and workflows what they need", async () => {
    assert.equal(await valueOf(aws.registryHost), "123456789012.dkr.ecr.us-west-2.amazonaws.com");
    assert.ok(aws.ciIdentities && aws.pushRoleArn);
    assert.deepEqual(await valueOf(aws.ciIdentities.previewRoleArn as any), roleArn("preview"));
    assert.deepEqual(await valueOf(aws.ciIdentities.driftRoleArn as any), roleArn("drift"));
    assert.deepEqual(await valueOf(aws.ciIdentities.deployRoleArn as any), roleArn("deploy"));
    assert.deepEqual(await valueOf(aws.pushRoleArn), roleArn("push"));
    assert.equal(await (aws.kubeconfig as any).isSecret, true);
    assert.match(await valueOf(aws.kubeconfig), /"--cluster-name","slipway-test","--region","us-west-2"/);
  });

  it("has no workflow, no zone and nobody who pushes by default", async () => {
    const plain = await recordStack();
    const types = new Set(plain.map(({ type }) => type));
    for (const type of ["slipway:aws:CiIdentity", "slipway:aws:PushIdentity"])
      assert.ok(!types.has(type), type);
    await record(() => {
      const { ciIdentities, pushRoleArn } = new AmazonWebServices("aws", args);
      assert.deepEqual([ciIdentities, pushRoleArn], [undefined, undefined]);
    });
  });

  it("lets admins push as well", async () => {
    const admins = ["arn:aws:iam::123456789012:role/admin"];
    const { inputs } = only(await recordStack({ eks: { admins } }), "aws:iam/role:Role", "aws-push");
    assert.deepEqual(statementsOf(inputs.assumeRolePolicy).Identities.Principal, { AWS: admins });
  });

  it("protects, or not, everything that holds data, by one setting", async () => {
    const guarded = (some: Registered[]) =>
      some
        .filter(({ protect }) => protect)
        .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);
    assert.deepEqual(guarded(resources).sort(), [
      "Cluster aws-eks",
      "Key aws-eks-secrets",
      "Key aws-logs",
      "Key aws-registry",
      "Repository aws-registry-chat-client",
      "Repository aws-registry-chat-server",
      "Repository aws-registry-journal-fileserver",
      "Repository aws-registry-journal-frontend",
      "Repository aws-registry-prisma",
      "Repository aws-registry-redis",
    ]);
    const loose = await recordStack({ protection: false });
    assert.deepEqual(guarded(loose), []);
    assert.equal(only(loose, "eks:index:Cluster", "aws-eks").inputs.deletionProtection, false);
  });

  it("can be previewed before anything exists, and shows all of it", async () => {
    const previewed = await recordStack(everything, { preview: true });
    assert.deepEqual(namesOf(previewed), namesOf(resources));
  });

  it("hands the stack file's settings on", async () => {
    const network = { vpc: "10.80.0.0/16", zones: ["us-west-2b", "us-west-2c"], flowLogs: false };
    const eks = { version: "1.36", desiredNodes: 3, reachableFrom: ["203.0.113.0/24"] };
    const changed = await recordStack({ network, eks });
    assert.equal(only(changed, "aws:ec2/vpc:Vpc", "aws-vpc").inputs.cidrBlock, "10.80.0.0/16");
    assert.deepEqual(ofType(changed, "aws:ec2/flowLog:FlowLog"), []);
    const cluster = only(changed, "eks:index:Cluster", "aws-eks").inputs;
    assert.deepEqual([cluster.version, cluster.publicAccessCidrs], ["1.36", ["203.0.113.0/24"]]);
    assert.deepEqual(cluster.privateSubnetIds, ["aws-vpc-private-b-id", "aws-vpc-private-c-id"]);
    const nodes = only(changed, "aws:eks/nodeGroup:NodeGroup", "aws-eks-nodes").inputs;
    assert.equal(nodes.scalingConfig.desiredSize, 3);
  });
});

function roleArn(name: string): string {
  return `arn:aws:iam::123456789012:role/slipway-test-${name}`;
}
