import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup.js";
import { Eip } from "@pulumi/aws/ec2/eip.js";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
import { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
import { Route } from "@pulumi/aws/ec2/route.js";
import { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import * as ec2 from "@pulumi/aws/ec2/vpc.js";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account.js";
import type { EncryptionKey } from "./encryption-key.js";
import { FlowLogs } from "./flow-logs.js";
import { type ZoneSubnets, subnetsFor } from "./vpc-subnets.js";

export interface VpcArgs {
  account: Account;

  /** Encrypts the flow logs. */
  logsKey: EncryptionKey;

  /**
   * Range of the whole network, between /16 and /19. It cannot be changed later.
   *
   * @default "10.64.0.0/16"
   */
  vpc?: string;

  /**
   * Availability zones, two at least.
   *
   * @default the region's zones a and b
   */
  zones?: readonly string[];

  /**
   * Whether all zones go out through one gateway, which is cheaper, or each through its own.
   *
   * @default "one"
   */
  natGateways?: "one" | "each";

  /** @default true */
  flowLogs?: boolean;
}

const EVERYWHERE = "0.0.0.0/0";

/**
 * A network of its own over several zones: public subnets for load balancers, private ones for nodes, which reach the
 * internet through NAT and are not reached from there.
 */
export class Vpc extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly range: string;

  /** One a zone, in the order of the zones' names. */
  readonly privateSubnetIds: readonly pulumi.Output<string>[];

  /** Where the load balancers stand. */
  readonly publicRanges: readonly string[];

  /** From where nodes and pods call the outside, one a gateway. */
  readonly egressAddresses: readonly pulumi.Output<string>[];

  constructor(name: string, args: VpcArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:Vpc", name, {}, opts);

    const { account, logsKey, natGateways = "one", flowLogs = true } = args;
    const { vpc: range = "10.64.0.0/16", zones = [`${account.region}a`, `${account.region}b`] } = args;
    const parent = this;
    const plan = subnetsFor(range, zones);

    const vpc = createVpc();
    createClosedDefaultSecurityGroup();
    if (flowLogs) createFlowLogs();
    const internetGateway = createInternetGateway();
    const publicRoutes = createPublicRoutes();
    const publicSubnets = plan.map(createPublicSubnet);
    const ways = (natGateways === "each" ? plan : plan.slice(0, 1)).map(createWayOut);
    const privateSubnets = plan.map(createPrivateSubnet);

    this.vpcId = vpc.id;
    this.range = range;
    this.privateSubnetIds = privateSubnets.map(({ id }) => id);
    this.publicRanges = plan.map(({ publicRange }) => publicRange);
    this.egressAddresses = ways.map(({ address }) => address.publicIp);
    this.registerOutputs({ vpcId: this.vpcId });

    function createVpc() {
      // The control plane's private address is a DNS name, which needs both.
      const dns = { enableDnsHostnames: true, enableDnsSupport: true };
      return new ec2.Vpc(name, { cidrBlock: range, ...dns, tags: { Name: account.prefix } }, { parent });
    }

    function createClosedDefaultSecurityGroup() {
      return new DefaultSecurityGroup(
        name,
        { vpcId: vpc.id, ingress: [], egress: [], tags: { Name: `${account.prefix}-default` } },
        { parent },
      );
    }

    function createFlowLogs() {
      return new FlowLogs(`${name}-flow-logs`, { account, vpcId: vpc.id, key: logsKey }, { parent });
    }

    function createInternetGateway() {
      return new InternetGateway(name, { vpcId: vpc.id, tags: { Name: account.prefix } }, { parent });
    }

    function createPublicRoutes() {
      const table = createRouteTable("public");
      new Route(
        `${name}-public`,
        { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, gatewayId: internetGateway.id },
        { parent },
      );
      return table;
    }

    function createPublicSubnet({ zone, letter, publicRange }: ZoneSubnets) {
      const role = { "kubernetes.io/role/elb": "1" };
      return createSubnet(`public-${letter}`, zone, publicRange, role, publicRoutes);
    }

    function createWayOut({ letter }: ZoneSubnets, index: number) {
      const tags = { Name: `${account.prefix}-${letter}` };
      // Neither an address nor a gateway works, or can be given back, without the way out.
      const after = { parent, dependsOn: [internetGateway] };
      const address = new Eip(`${name}-nat-${letter}`, { domain: "vpc", tags }, after);
      const gateway = new NatGateway(
        `${name}-nat-${letter}`,
        { allocationId: address.id, subnetId: publicSubnets[index]?.id, tags },
        after,
      );
      return { address, gateway };
    }

    function createPrivateSubnet({ zone, letter, privateRange }: ZoneSubnets, index: number) {
      const table = createRouteTable(`private-${letter}`);
      new Route(
        `${name}-private-${letter}`,
        {
          routeTableId: table.id,
          destinationCidrBlock: EVERYWHERE,
          natGatewayId: (ways[index] ?? ways[0])?.gateway.id,
        },
        { parent },
      );
      const role = { "kubernetes.io/role/internal-elb": "1" };
      return createSubnet(`private-${letter}`, zone, privateRange, role, table);
    }

    function createRouteTable(role: string) {
      const tags = { Name: `${account.prefix}-${role}` };
      return new RouteTable(`${name}-${role}`, { vpcId: vpc.id, tags }, { parent });
    }

    function createSubnet(
      role: string,
      zone: string,
      cidrBlock: string,
      tags: Record<string, string>,
      table: RouteTable,
    ) {
      const subnet = new Subnet(
        `${name}-${role}`,
        {
          vpcId: vpc.id,
          availabilityZone: zone,
          cidrBlock,
          mapPublicIpOnLaunch: false,
          tags: { Name: `${account.prefix}-${role}`, ...tags },
        },
        { parent },
      );
      new RouteTableAssociation(
        `${name}-${role}`,
        { subnetId: subnet.id, routeTableId: table.id },
        { parent },
      );
      return subnet;
    }
  }
}
