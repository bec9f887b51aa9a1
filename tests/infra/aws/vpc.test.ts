import assert from "node:assert/strict";
import type { Account } from "../../../infra/aws/account.js";
import { EncryptionKey } from "../../../infra/aws/encryption-key.js";
import { Vpc, type VpcArgs } from "../../../infra/aws/vpc.js";
import { only, valueOf } from "../../support/program.js";
import { namesOf, ofType, recordAws } from "./harness.js";

const make = (account: Account, args: Partial<VpcArgs> = {}) => {
  const logsKey = new EncryptionKey("logs", { account, purpose: "logs", protection: false });
  return new Vpc("vpc", { account, logsKey, ...args });
};
const recordVpc = (args?: Partial<VpcArgs>) => recordAws((account) => make(account, args));
const ROUTE = "aws:ec2/route:Route";

describe("infra/aws/vpc", () => {
  it("defaults to two zones with a public and a private subnet each, one way in, one way out, and flow logs", async () => {
    const names = namesOf(await recordVpc()).filter((name) => !/ logs$| vpc-flow-logs/.test(name));
    assert.deepEqual(names, [
      "DefaultSecurityGroup vpc",
      "Eip vpc-nat-a",
      "InternetGateway vpc",
      "NatGateway vpc-nat-a",
      "Route vpc-private-a",
      "Route vpc-private-b",
      "Route vpc-public",
      "RouteTable vpc-private-a",
      "RouteTable vpc-private-b",
      "RouteTable vpc-public",
      "RouteTableAssociation vpc-private-a",
      "RouteTableAssociation vpc-private-b",
      "RouteTableAssociation vpc-public-a",
      "RouteTableAssociation vpc-public-b",
      "Subnet vpc-private-a",
      "Subnet vpc-private-b",
      "Subnet vpc-public-a",
      "Subnet vpc-public-b",
      "Vpc vpc",
      "Vpc vpc",
    ]);
  });

  it("is a network of its own, with the names that the control plane's private address needs", async () => {
    const { inputs } = only(await recordVpc(), "aws:ec2/vpc:Vpc", "vpc");
    assert.deepEqual(inputs, {
      cidrBlock: "10.64.0.0/16",
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: "slipway-test" },
    });
  });

  it("tags subnets as the load balancers look for them, and gives no machine a public address", async () => {
    const resources = await recordVpc();
    const subnet = (name: string) => only(resources, "aws:ec2/subnet:Subnet", name).inputs;
    assert.deepEqual(subnet("vpc-public-a"), {
      availabilityZone: "us-west-2a",
      cidrBlock: "10.64.128.0/24",
      mapPublicIpOnLaunch: false,
      tags: { Name: "slipway-test-public-a", "kubernetes.io/role/elb": "1" },
      vpcId: "vpc-id",
    });
    assert.deepEqual(subnet("vpc-private-b"), {
      availabilityZone: "us-west-2b",
      cidrBlock: "10.64.16.0/20",
      mapPublicIpOnLaunch: false,
      tags: { Name: "slipway-test-private-b", "kubernetes.io/role/internal-elb": "1" },
      vpcId: "vpc-id",
    });
  });

  it("sends all zones out through one gateway by default, or each through its own", async () => {
    const one = await recordVpc();
    for (const zone of ["a", "b"]) {
      assert.equal(only(one, ROUTE, `vpc-private-${zone}`).inputs.natGatewayId, "vpc-nat-a-id");
    }
    const each = await recordVpc({ natGateways: "each" });
    for (const zone of ["a", "b"]) {
      const { inputs } = only(each, ROUTE, `vpc-private-${zone}`);
      assert.deepEqual(inputs, {
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: `vpc-nat-${zone}-id`,
        routeTableId: `vpc-private-${zone}-id`,
      });
      const gateway = only(each, "aws:ec2/natGateway:NatGateway", `vpc-nat-${zone}`).inputs;
      assert.equal(gateway.subnetId, `vpc-public-${zone}-id`);
      assert.equal(gateway.allocationId, `vpc-nat-${zone}-id`);
    }
  });

  it("tells the addresses of its gateways, so that others can let them in", async () => {
    const told = async (args?: Partial<VpcArgs>) => {
      let addresses: Vpc["egressAddresses"] = [];
      await recordAws((account) => {
        addresses = make(account, args).egressAddresses;
      });
      return await Promise.all(addresses.map(valueOf));
    };
    assert.deepEqual(await told(), ["198.51.100.11"]);
    assert.deepEqual(await told({ natGateways: "each" }), ["198.51.100.11", "198.51.100.12"]);
  });

  it("gives each subnet the routes of its own kind", async () => {
    const resources = await recordVpc();
    const tableOf = Object.fromEntries(
      ofType(resources, "aws:ec2/routeTableAssociation:RouteTableAssociation").map(({ inputs }) => [
        inputs.subnetId,
        inputs.routeTableId,
      ]),
    );
    assert.deepEqual(tableOf, {
      "vpc-public-a-id": "vpc-public-id",
      "vpc-public-b-id": "vpc-public-id",
      "vpc-private-a-id": "vpc-private-a-id",
      "vpc-private-b-id": "vpc-private-b-id",
    });
    assert.equal(only(resources, ROUTE, "vpc-public").inputs.gatewayId, "vpc-id");
  });

  it("makes nothing that needs the way out before it, and takes none of it away after it", async () => {
    const resources = await recordVpc();
    const gateway = only(resources, "aws:ec2/internetGateway:InternetGateway", "vpc").urn;
    for (const type of ["aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"]) {
      assert.ok(only(resources, type, "vpc-nat-a").dependencies.includes(gateway), type);
    }
  });

  it("closes the security group that everything gets that names none", async () => {
    const { inputs } = only(await recordVpc(), "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpc");
    assert.deepEqual([inputs.ingress, inputs.egress], [[], []]);
  });

  it("keeps flow logs unless it is told not to", async () => {
    const flowLogs = (resources: Awaited<ReturnType<typeof recordVpc>>) =>
      ofType(resources, "aws:ec2/flowLog:FlowLog").map(({ inputs }) => inputs.vpcId);
    assert.deepEqual(flowLogs(await recordVpc()), ["vpc-id"]);
    assert.deepEqual(flowLogs(await recordVpc({ flowLogs: false })), []);
  });

  it("takes other zones and another range, and tells where nodes and load balancers stand", async () => {
    await recordAws((account) => {
      const vpc = make(account, { vpc: "10.80.0.0/18", zones: ["us-west-2d", "us-west-2b", "us-west-2c"] });
      assert.equal(vpc.range, "10.80.0.0/18");
      assert.equal(vpc.privateSubnetIds.length, 3);
      assert.deepEqual(vpc.publicRanges, ["10.80.32.64/26", "10.80.32.128/26", "10.80.32.192/26"]);
    });
  });

  it("names its resources by the zone, so that zones in another order are the same network", async () => {
    const zones = ["us-west-2a", "us-west-2b", "us-west-2c"];
    const inputsOf = async (order: string[]) =>
      (await recordVpc({ zones: order, natGateways: "each" }))
        .filter(({ type }) => type.startsWith("aws:"))
        .map(({ type, name, inputs }) => JSON.stringify([type, name, inputs]))
        .sort();
    assert.deepEqual(await inputsOf([...zones].reverse()), await inputsOf(zones));
  });
});
