import assert from "node:assert/strict";
import { TestCloud } from "../cloud.js";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const NAT = "aws:ec2/natGateway:NatGateway";
const EIP = "aws:ec2/eip:Eip";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const KEY = "aws:kms/key:Key";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const CLUSTER = "aws:eks/cluster:Cluster";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const ADD_ON = "aws:eks/addon:Addon";
const ENTRY = "aws:eks/accessEntry:AccessEntry";
const ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
const CERTIFICATE = "aws:acm/certificate:Certificate";
const VALIDATION = "aws:acm/certificateValidation:CertificateValidation";
const RECORD = "aws:route53/record:Record";
const ZONE = "aws:route53/zone:Zone";

const trust = (principal: object) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }] });
const ofEks = trust({ Service: "eks.amazonaws.com" });

describe("rehearsal/cloud/aws, which refuses what Amazon refuses", () => {
  let cloud: TestCloud;

  beforeEach(() => {
    cloud = new TestCloud("aws");
  });

  afterEach(() => {
    cloud.remove();
  });

  const vpc = async () => (await cloud.create(VPC, { cidrBlock: "10.64.0.0/16" })).id;
  const subnet = async (vpcId: string, zone: string, cidrBlock: string) =>
    (await cloud.create(SUBNET, { vpcId, availabilityZone: `us-west-2${zone}`, cidrBlock })).id;

  async function cluster(more: Record<string, unknown> = {}) {
    const vpcId = await vpc();
    const subnetIds = [await subnet(vpcId, "a", "10.64.0.0/20"), await subnet(vpcId, "b", "10.64.16.0/20")];
    const { outputs } = await cloud.create(ROLE, { name: "eks", assumeRolePolicy: ofEks });
    const made = await cloud.create(CLUSTER, {
      name: "main",
      roleArn: outputs.arn,
      vpcConfig: { subnetIds },
      bootstrapSelfManagedAddons: false,
      ...more,
    });
    return { ...made, subnetIds, roleArn: outputs.arn };
  }

  it("puts a subnet into its VPC, and never over another", async () => {
    const vpcId = await vpc();
    await assert.rejects(
      subnet(vpcId, "a", "10.65.0.0/20"),
      /10\.65\.0\.0\/20 is not in the VPC's 10\.64\.0\.0\/16/,
    );
    await subnet(vpcId, "a", "10.64.0.0/20");
    await assert.rejects(
      subnet(vpcId, "b", "10.64.8.0/24"),
      /10\.64\.8\.0\/24 conflicts with 10\.64\.0\.0\/20/,
    );
    const elsewhere = { vpcId, cidrBlock: "10.64.32.0/20", availabilityZone: "eu-west-1a" };
    await assert.rejects(cloud.create(SUBNET, elsewhere), /zone eu-west-1a is not in us-west-2/);
  });

  it("adds the provider's tags and says where everything is", async () => {
    const { id, outputs } = await cloud.create(VPC, { cidrBlock: "10.64.0.0/16", tags: { Name: "a" } });
    assert.match(id, /^vpc-0[0-9a-f]{16}$/);
    assert.deepEqual(outputs.tagsAll, { Stack: "test", Name: "a" });
    assert.equal(outputs.arn, `arn:aws:ec2:us-west-2:123456789012:vpc/${id}`);
    assert.equal(outputs.region, "us-west-2");
  });

  it("takes no gateway off while addresses are mapped through it", async () => {
    const vpcId = await vpc();
    const gateway = await cloud.create(GATEWAY, { vpcId });
    await assert.rejects(cloud.create(GATEWAY, { vpcId }), /the VPC has a gateway already/);
    const address = await cloud.create(EIP, { domain: "vpc" });
    const inside = { allocationId: address.id, subnetId: await subnet(vpcId, "a", "10.64.0.0/20") };
    const nat = await cloud.create(NAT, inside);
    await assert.rejects(cloud.create(NAT, inside), /the address is in use by another gateway/);
    await assert.rejects(cloud.delete(GATEWAY, gateway.id), /DependencyViolation: .*mapped public addresses/);
    await cloud.delete(NAT, nat.id);
    await cloud.delete(GATEWAY, gateway.id);
  });

  it("takes the default security group over, and away with its VPC", async () => {
    const vpcId = await vpc();
    const group = await cloud.create(DEFAULT_GROUP, { vpcId, ingress: [], egress: [] });
    await cloud.delete(DEFAULT_GROUP, group.id);
    assert.equal(cloud.store.find(DEFAULT_GROUP, group.id)?.remains, "it goes with its network");
    await cloud.delete(VPC, vpcId);
    assert.deepEqual(cloud.store.all(), []);
  });

  it("writes an encrypted log only with a key that lets CloudWatch use it", async () => {
    const policy = (service: string) => JSON.stringify({ Statement: [{ Principal: { Service: service } }] });
    const closed = await cloud.create(KEY, { policy: policy("s3.amazonaws.com") });
    const open = await cloud.create(KEY, { policy: policy("logs.us-west-2.amazonaws.com") });
    await assert.rejects(
      cloud.create(LOG_GROUP, { name: "/a", kmsKeyId: closed.outputs.arn }),
      /not allowed to be used/,
    );
    await cloud.create(LOG_GROUP, { name: "/a", kmsKeyId: open.outputs.arn });
  });

  it("trusts only providers that exist", async () => {
    const Federated = "arn:aws:iam::123456789012:oidc-provider/token.example";
    const role = { name: "ci", assumeRolePolicy: trust({ Federated }) };
    await assert.rejects(cloud.create(ROLE, role), /MalformedPolicyDocument: invalid principal/);
    await cloud.create("aws:iam/openIdConnectProvider:OpenIdConnectProvider", {
      url: "https://token.example",
      clientIdLists: ["sts"],
    });
    await cloud.create(ROLE, role);
  });

  it("holds a role to its limits, and keeps it for as long as it has rights", async () => {
    await cloud.create(ROLE, { name: "eks", assumeRolePolicy: ofEks });
    const policy = (length: number) => JSON.stringify({ Statement: "x".repeat(length) });
    const first = await cloud.create(POLICY, { name: "a", role: "eks", policy: policy(6000) });
    await assert.rejects(
      cloud.create(POLICY, { name: "b", role: "eks", policy: policy(6000) }),
      /10240 at most/,
    );
    for (let number = 0; number < 10; number++) {
      await cloud.create(ATTACHMENT, { role: "eks", policyArn: `arn:aws:iam::aws:policy/P${number}` });
    }
    const another = { role: "eks", policyArn: "arn:aws:iam::aws:policy/P10" };
    await assert.rejects(cloud.create(ATTACHMENT, another), /10 attached policies at most/);
    await assert.rejects(cloud.delete(ROLE, "eks"), /already being used by .*rolePolicy/);
    await cloud.delete(POLICY, first.id);
    await assert.rejects(cloud.delete(ROLE, "eks"), /already being used by .*rolePolicyAttachment/);
  });

  it("makes a cluster over two zones at least, and all of Auto Mode or none of it", async () => {
    const vpcId = await vpc();
    const subnetIds = [await subnet(vpcId, "a", "10.64.0.0/20"), await subnet(vpcId, "a", "10.64.16.0/20")];
    const { outputs } = await cloud.create(ROLE, { name: "eks", assumeRolePolicy: ofEks });
    const args = { name: "main", roleArn: outputs.arn, vpcConfig: { subnetIds } };
    await assert.rejects(cloud.create(CLUSTER, args), /at least two different availability zones/);
    const half = {
      ...args,
      computeConfig: { enabled: true },
      storageConfig: { blockStorage: { enabled: false } },
    };
    await assert.rejects(cloud.create(CLUSTER, half), /on or off together/);
  });

  it("lets nodes join only with a network plugin, and DNS and metrics only onto nodes", async () => {
    const { subnetIds, roleArn } = await cluster();
    const group = {
      clusterName: "main",
      nodeRoleArn: roleArn,
      subnetIds,
      scalingConfig: { minSize: 1, desiredSize: 1, maxSize: 1 },
    };
    await assert.rejects(cloud.create(NODE_GROUP, group), /NodeCreationFailure: without vpc-cni/);
    await cloud.create(ADD_ON, { clusterName: "main", addonName: "vpc-cni" });
    for (const addonName of ["coredns", "metrics-server"])
      await assert.rejects(
        cloud.create(ADD_ON, { clusterName: "main", addonName }),
        /DEGRADED: no nodes for its pods/,
      );
    const made = await cloud.create(NODE_GROUP, group);
    await cloud.create(ADD_ON, { clusterName: "main", addonName: "coredns" });
    await assert.rejects(cloud.delete(CLUSTER, "main"), /already being used by/);
    assert.match(made.id, /^main:it-0102030$/);
  });

  it("counts the versions of a template, and a preview does not know the next", async () => {
    const { id, outputs } = await cloud.create(TEMPLATE, { name: "nodes", instanceType: "m5.large" });
    assert.equal(outputs.latestVersion, 1);
    const changed = { name: "nodes", instanceType: "m5.xlarge" };
    assert.equal((await cloud.update(TEMPLATE, id, {}, changed)).latestVersion, 2);
    const subject = { token: TEMPLATE, name: "it", config: {} };
    const foreseen = cloud.provider.foresee(subject, changed, {
      inputs: {},
      outputs: { ...outputs, id: "lt" },
    });
    assert.equal(typeof foreseen.latestVersion, "string");
    assert.equal(foreseen.arn, outputs.arn);
  });

  it("gives rights in a cluster only to those who have an entry", async () => {
    await cluster();
    const policy = {
      clusterName: "main",
      principalArn: "arn:aws:iam::123456789012:role/a",
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
      accessScope: { type: "cluster" },
    };
    await assert.rejects(cloud.create(ASSOCIATION, policy), /no access entry for/);
    await cloud.create(ENTRY, { clusterName: "main", principalArn: policy.principalArn });
    await cloud.create(ASSOCIATION, policy);
  });

  it("validates a certificate only when the record that it asks for is there", async () => {
    cloud.store.put({
      token: ZONE,
      id: "Z1",
      inputs: { name: "example.com" },
      outputs: { name: "example.com" },
      handles: ["Z1"],
      holds: [],
    });
    const { id, outputs } = await cloud.create(CERTIFICATE, {
      domainName: "app.example.com",
      validationMethod: "DNS",
    });
    await assert.rejects(
      cloud.create(VALIDATION, { certificateArn: id }),
      /no record proves the certificate/,
    );
    const [proof] = outputs.domainValidationOptions as {
      resourceRecordName: string;
      resourceRecordValue: string;
    }[];
    const record = { zoneId: "Z1", type: "CNAME", ttl: 300, records: [proof?.resourceRecordValue] };
    await assert.rejects(
      cloud.create(RECORD, { ...record, name: "app.other.com" }),
      /is not in the zone "example\.com"/,
    );
    await cloud.create(RECORD, { ...record, name: proof?.resourceRecordName });
    await cloud.create(VALIDATION, { certificateArn: id });
    assert.equal((await cloud.invoke("aws:route53/getZone:getZone", { name: "example.com" })).zoneId, "Z1");
    await assert.rejects(cloud.invoke("aws:index/getRegion:getRegion", {}), /is not simulated/);
  });
});
