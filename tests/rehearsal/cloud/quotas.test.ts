import assert from "node:assert/strict";
import { Quotas } from "../../../rehearsal/cloud/quotas.js";
import { TestCloud } from "./cloud.js";

const NETWORK = "gcp:compute/network:Network";
const ADDRESS = "gcp:compute/address:Address";
const GLOBAL_ADDRESS = "gcp:compute/globalAddress:GlobalAddress";
const ROUTER = "gcp:compute/router:Router";
const NAT = "gcp:compute/routerNat:RouterNat";
const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const CLUSTER = "gcp:container/cluster:Cluster";
const NODE_POOL = "gcp:container/nodePool:NodePool";
const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const EIP = "aws:ec2/eip:Eip";
const ROLE = "aws:iam/role:Role";
const EKS_CLUSTER = "aws:eks/cluster:Cluster";
const ADD_ON = "aws:eks/addon:Addon";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `n${index + 1}`);

describe("rehearsal/cloud/quotas, of Google Cloud", () => {
  let cloud: TestCloud;

  beforeEach(async () => {
    cloud = new TestCloud("gcp");
    await cloud.enable("compute", "container", "sqladmin");
  });

  afterEach(() => {
    cloud.remove();
  });

  it("gives a new project 5 networks, and another one in place of one that was deleted", async () => {
    for (const name of numbered(5)) await cloud.create(NETWORK, { name });
    await assert.rejects(
      cloud.create(NETWORK, { name: "n6" }),
      /^Error: error code "QUOTA_EXCEEDED", message: Quota 'NETWORKS' exceeded\. {2}Limit: 5\.0 globally\.$/,
    );
    await cloud.delete(NETWORK, "projects/acme/global/networks/n1");
    await cloud.create(NETWORK, { name: "n6" });
  });

  it("counts reserved addresses of each region and the global ones apart, and no internal range", async () => {
    for (const name of numbered(8)) {
      await cloud.create(ADDRESS, { name, region: "europe-west1" });
      await cloud.create(GLOBAL_ADDRESS, { name });
    }
    await assert.rejects(
      cloud.create(ADDRESS, { name: "n9", region: "europe-west1" }),
      /Quota 'STATIC_ADDRESSES' exceeded\. {2}Limit: 8\.0 in region europe-west1\./,
    );
    await assert.rejects(
      cloud.create(GLOBAL_ADDRESS, { name: "n9" }),
      /Quota 'STATIC_ADDRESSES' exceeded\. {2}Limit: 8\.0 globally\./,
    );
    await cloud.create(ADDRESS, { name: "n9", region: "europe-west4" });
    const range = { purpose: "VPC_PEERING", addressType: "INTERNAL", prefixLength: 20 };
    await cloud.create(GLOBAL_ADDRESS, { name: "services", ...range });
  });

  it("counts the addresses that a gateway uses", async () => {
    cloud.quotas.set({ IN_USE_ADDRESSES: 1 });
    const { id } = await cloud.create(NETWORK, { name: "main" });
    const region = "europe-west1";
    const router = (await cloud.create(ROUTER, { name: "main", network: id, region })).outputs.name;
    const natIps = [];
    for (const name of numbered(2))
      natIps.push((await cloud.create(ADDRESS, { name, region })).outputs.selfLink);
    const sourceSubnetworkIpRangesToNat = "ALL_SUBNETWORKS_ALL_IP_RANGES";
    const nat = { name: "main", router, natIpAllocateOption: "MANUAL_ONLY", sourceSubnetworkIpRangesToNat };
    await assert.rejects(
      cloud.create(NAT, { ...nat, natIps }),
      /Quota 'IN_USE_ADDRESSES' exceeded\. {2}Limit: 1\.0 in region europe-west1\./,
    );
    await cloud.create(NAT, { ...nat, natIps: natIps.slice(1) });
  });

  it("counts the databases of a project", async () => {
    cloud.quotas.set({ SQL_INSTANCES: 1 });
    const database = { databaseVersion: "MYSQL_8_4", deletionProtection: false };
    const { id } = await cloud.create(INSTANCE, { ...database, name: "a" });
    await assert.rejects(
      cloud.create(INSTANCE, { ...database, name: "b" }),
      /reached the max instance per project limit\., errorMaxInstancePerLabel$/,
    );
    // Its name stays taken, it does not count.
    await cloud.delete(INSTANCE, id);
    await cloud.create(INSTANCE, { ...database, name: "b" });
  });

  describe("CPUs of nodes", () => {
    const pool = (machineType: string, count: number) => ({
      name: "pool",
      cluster: "main",
      location: "europe-west1",
      nodeConfig: { machineType },
      initialNodeCount: count,
    });

    beforeEach(async () => {
      const { id } = await cloud.create(NETWORK, { name: "main" });
      await cloud.create(CLUSTER, { name: "main", location: "europe-west1", network: id });
    });

    it("are counted in all zones, and a pool that takes too many is told how many are missing", async () => {
      await assert.rejects(
        cloud.create(NODE_POOL, pool("e2-standard-4", 3)),
        /resource "CPUS": request requires '36\.0' and is short '12\.0'\. project has a quota of '24\.0' with '24\.0' available\.$/,
      );
      await cloud.create(NODE_POOL, pool("e2-standard-4", 2));
    });

    it("are counted by the family of the machine", async () => {
      cloud.quotas.set({ CPUS: 0 });
      await assert.rejects(cloud.create(NODE_POOL, pool("e2-standard-2", 1)), /resource "CPUS"/);
      await cloud.create(NODE_POOL, pool("n2-standard-2", 1));
      cloud.quotas.set({ N2_CPUS: 8 });
      await assert.rejects(
        cloud.create(NODE_POOL, { ...pool("e2-standard-2", 1), name: "other" }),
        /resource "CPUS": .* has a quota of '0\.0'/,
      );
      await assert.rejects(
        cloud.create(NODE_POOL, { ...pool("n2-standard-2", 1), name: "other" }),
        /"N2_CPUS": request requires '6\.0' and is short '4\.0'\. project has a quota of '8\.0' with '2\.0'/,
      );
    });

    it("are counted anew by an update, which a project with too many may make if it takes no more", async () => {
      const { id } = await cloud.create(NODE_POOL, pool("e2-standard-2", 2));
      const update = (machineType: string, count: number) =>
        cloud.update(NODE_POOL, id, {}, pool(machineType, count));
      await assert.rejects(update("e2-standard-8", 2), /requires '48\.0' and is short '24\.0'/);
      cloud.quotas.set({ CPUS: 6 });
      await update("e2-standard-2", 2);
      await assert.rejects(update("e2-standard-2", 3), /requires '18\.0' and is short '12\.0'/);
      await update("e2-standard-2", 1);
    });
  });
});

describe("rehearsal/cloud/quotas, of Amazon Web Services", () => {
  let cloud: TestCloud;

  beforeEach(() => {
    cloud = new TestCloud("aws");
  });

  afterEach(() => {
    cloud.remove();
  });

  it("gives a new account 5 VPCs and 5 addresses in each region", async () => {
    const vpc = { cidrBlock: "10.64.0.0/16" };
    for (const name of numbered(5)) {
      await cloud.create(VPC, vpc, name);
      await cloud.create(EIP, { domain: "vpc" }, name);
    }
    await assert.rejects(cloud.create(VPC, vpc), /VpcLimitExceeded: The maximum number of VPCs/);
    await assert.rejects(
      cloud.create(EIP, { domain: "vpc" }),
      /AddressLimitExceeded: The maximum number of addresses/,
    );
    await cloud.create(VPC, { ...vpc, region: "eu-west-1" });
    await cloud.create(EIP, { domain: "vpc", region: "eu-west-1" });
  });

  /** A cluster that nodes can join, and what a group of them needs. */
  async function cluster() {
    const { id: vpcId } = await cloud.create(VPC, { cidrBlock: "10.64.0.0/16" });
    const subnetIds: string[] = [];
    for (const [zone, third] of [
      ["a", 0],
      ["b", 16],
    ] as const) {
      const subnet = { vpcId, availabilityZone: `us-west-2${zone}`, cidrBlock: `10.64.${third}.0/20` };
      subnetIds.push((await cloud.create(SUBNET, subnet)).id);
    }
    const trust = JSON.stringify({ Statement: [{ Principal: { Service: "eks.amazonaws.com" } }] });
    const { outputs } = await cloud.create(ROLE, { name: "eks", assumeRolePolicy: trust });
    const args = { name: "main", roleArn: outputs.arn, vpcConfig: { subnetIds } };
    await cloud.create(EKS_CLUSTER, args);
    return { args, subnetIds, nodeRoleArn: outputs.arn };
  }

  it("counts clusters, and the CPUs of nodes that are bought on demand", async () => {
    cloud.quotas.set({ "EKS clusters": 1 });
    const { args, subnetIds, nodeRoleArn } = await cluster();
    await assert.rejects(
      cloud.create(EKS_CLUSTER, { ...args, name: "second" }),
      /ResourceLimitExceededException: Cluster limit exceeded for account\.$/,
    );
    await cloud.create(ADD_ON, { clusterName: "main", addonName: "vpc-cni" });
    const group = (count: number, more: object = {}) => ({
      clusterName: "main",
      nodeRoleArn,
      subnetIds,
      instanceTypes: ["m5.large"],
      scalingConfig: { minSize: 1, desiredSize: count, maxSize: count },
      ...more,
    });
    await assert.rejects(
      cloud.create(NODE_GROUP, group(3)),
      /VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 5 allows/,
    );
    const { id } = await cloud.create(NODE_GROUP, group(2));
    await cloud.create(NODE_GROUP, group(3, { capacityType: "SPOT" }), "spot");
    await assert.rejects(cloud.update(NODE_GROUP, id, {}, group(3)), /VcpuLimitExceeded/);
    cloud.quotas.set({ "Running On-Demand Standard instances": 6 });
    await cloud.update(NODE_GROUP, id, {}, group(3));
  });

  it("cannot be told a quota that is not simulated", () => {
    assert.throws(() => {
      cloud.quotas.set({ "VPCs per Continent": 1 });
    }, /^Error: quota "VPCs per Continent" is not simulated, expected one of NETWORKS, .*VPCs per Region/);
  });

  it("are told in one process and hold in another", async () => {
    new Quotas(`${cloud.folder}/quotas`).set({ "VPCs per Region": 0 });
    await assert.rejects(cloud.create(VPC, { cidrBlock: "10.64.0.0/16" }), /VpcLimitExceeded/);
  });
});
