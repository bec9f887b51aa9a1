import type { Properties } from "../../../engine/random-provider/wire.js";
import { addressIn, contains, isRange, overlap } from "../ranges.js";
import { digits, hex, text, type Cloud, type Rules, type Thing } from "../rule.js";
import type { Existing } from "../store.js";
import { ROLE } from "./identity.js";
import { LOG_GROUP } from "./logs.js";
import { common, firmly, loosely, madeUp, madeUpId, regionOf, source } from "./naming.js";
import { oneElasticIp, oneVpc } from "./quotas.js";

const VPC = "aws:ec2/vpc:Vpc";
export const SUBNET = "aws:ec2/subnet:Subnet";
const INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";
const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const EIP = "aws:ec2/eip:Eip";
export const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

const range = { form: isRange, says: "a range of IPv4 addresses" };
const inVpc = { vpcId: firmly(VPC) };

const othersOf = ({ id, token, cloud }: Thing) =>
  cloud.store.all().filter((other) => other.token === token && other.id !== id);

/** https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
function subnetComplaints(thing: Thing): string[] {
  const { inputs, cloud } = thing;
  const [own, zone] = [text(inputs, "cidrBlock"), text(inputs, "availabilityZone")];
  const vpc = text(cloud.store.named(VPC, text(inputs, "vpcId"))?.inputs ?? {}, "cidrBlock");
  const taken = othersOf(thing).filter(
    (other) => other.inputs.vpcId === inputs.vpcId && overlap(own, text(other.inputs, "cidrBlock")),
  );
  return [
    ...(contains(vpc, own) ? [] : [`${own} is not in the VPC's ${vpc}`]),
    ...taken.map((other) => `${own} conflicts with ${text(other.inputs, "cidrBlock")}`),
    ...(zone === "" || zone.startsWith(regionOf(thing)) ? [] : [`zone ${zone} is not in ${regionOf(thing)}`]),
  ];
}

/** A gateway cannot be taken off while addresses of the network are mapped through it. */
function refuseMapped({ inputs }: Existing, { store }: Cloud): Promise<void> {
  const subnets = store
    .all()
    .filter(({ token, inputs: other }) => token === SUBNET && other.vpcId === inputs.vpcId);
  const inside = store
    .all()
    .filter(
      ({ token, inputs: other }) => token === NAT_GATEWAY && subnets.some(({ id }) => id === other.subnetId),
    );
  if (inside.length === 0) return Promise.resolve();
  throw new Error(
    `DependencyViolation: the network has mapped public addresses (${inside.map(({ id }) => id).join(", ")})`,
  );
}

const vpcOutputs = ({ id }: Thing): Properties => ({
  defaultSecurityGroupId: `sg-0${hex(`${id} default`, 16)}`,
  defaultRouteTableId: `rtb-0${hex(`${id} main`, 16)}`,
  mainRouteTableId: `rtb-0${hex(`${id} main`, 16)}`,
  defaultNetworkAclId: `acl-0${hex(`${id} default`, 16)}`,
});

const only = (complaint: string, is: boolean) => (is ? [complaint] : []);

export const networkRules: Rules = {
  [VPC]: madeUp("vpc", "vpc", {
    source: source("ec2", "vpc_"),
    replacesOn: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
    values: {
      cidrBlock: { form: /^(\d{1,3}\.){3}\d{1,3}\/(1[6-9]|2[0-8])$/, says: "a range from /16 to /28" },
    },
    takes: (thing) => [oneVpc(regionOf(thing))],
    outputs: vpcOutputs,
  }),

  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    source: source("ec2", "vpc_default_security_group"),
    replacesOn: ["vpcId"],
    refersTo: inVpc,
    adopts: () => true,
    id: ({ inputs, cloud }) =>
      text(cloud.store.named(VPC, text(inputs, "vpcId"))?.outputs ?? {}, "defaultSecurityGroupId"),
    outputs: common,
    remains: () => "it goes with its network",
  },

  [SUBNET]: madeUp("subnet", "subnet", {
    source: source("ec2", "vpc_subnet"),
    replacesOn: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6Native", "outpostArn"],
    values: { cidrBlock: range },
    refersTo: inVpc,
    complaints: subnetComplaints,
  }),

  [INTERNET_GATEWAY]: madeUp("igw", "internet-gateway", {
    source: source("ec2", "vpc_internet_gateway"),
    replacesOn: [],
    refersTo: inVpc,
    complaints: (thing) =>
      only(
        "the VPC has a gateway already",
        othersOf(thing).some((other) => other.inputs.vpcId === thing.inputs.vpcId),
      ),
    deleted: refuseMapped,
  }),

  [EIP]: madeUp("eipalloc", "elastic-ip", {
    source: source("ec2", "ec2_eip"),
    replacesOn: ["domain", "address", "networkBorderGroup", "publicIpv4Pool"],
    values: { domain: ["vpc", "standard"] },
    takes: (thing) => [oneElasticIp(regionOf(thing))],
    outputs: ({ id }) => ({
      allocationId: id,
      publicIp: addressIn("198.51.100.0/24", Number(digits(id, 6))),
    }),
  }),

  [NAT_GATEWAY]: madeUp("nat", "natgateway", {
    source: source("ec2", "vpc_nat_gateway"),
    replacesOn: ["allocationId", "subnetId", "connectivityType", "privateIp"],
    refersTo: { allocationId: firmly(EIP), subnetId: firmly(SUBNET) },
    complaints: (thing) =>
      only(
        "the address is in use by another gateway",
        othersOf(thing).some(({ inputs }) => inputs.allocationId === thing.inputs.allocationId),
      ),
  }),

  [ROUTE_TABLE]: madeUp("rtb", "route-table", {
    source: source("ec2", "vpc_route_table"),
    replacesOn: ["vpcId"],
    refersTo: inVpc,
  }),

  "aws:ec2/route:Route": {
    source: source("ec2", "vpc_route"),
    replacesOn: [
      "routeTableId",
      "destinationCidrBlock",
      "destinationIpv6CidrBlock",
      "destinationPrefixListId",
    ],
    values: { destinationCidrBlock: range },
    refersTo: {
      routeTableId: firmly(ROUTE_TABLE),
      gatewayId: firmly(INTERNET_GATEWAY),
      natGatewayId: firmly(NAT_GATEWAY),
    },
    id: ({ inputs }) => `r-${text(inputs, "routeTableId")}${hex(text(inputs, "destinationCidrBlock"), 10)}`,
    outputs: (thing) => ({ region: regionOf(thing), origin: "CreateRoute", state: "active" }),
  },

  [ASSOCIATION]: {
    source: source("ec2", "vpc_route_table_association"),
    replacesOn: ["subnetId", "gatewayId"],
    refersTo: { subnetId: firmly(SUBNET), routeTableId: firmly(ROUTE_TABLE) },
    complaints: (thing) =>
      only(
        "the subnet has a route table already",
        othersOf(thing).some(({ inputs }) => inputs.subnetId === thing.inputs.subnetId),
      ),
    id: () => madeUpId("rtbassoc"),
    outputs: (thing) => ({ region: regionOf(thing) }),
  },

  "aws:ec2/flowLog:FlowLog": madeUp("fl", "vpc-flow-log", {
    source: source("ec2", "vpc_flow_log"),
    replacesOn: [
      ...["vpcId", "subnetId", "eniId", "trafficType", "logDestination", "logDestinationType", "iamRoleArn"],
      ...["logFormat", "maxAggregationInterval", "destinationOptions", "deliverCrossAccountRole"],
    ],
    values: { trafficType: ["ACCEPT", "REJECT", "ALL"], maxAggregationInterval: [60, 600] },
    refersTo: { vpcId: loosely(VPC), logDestination: loosely(LOG_GROUP), iamRoleArn: loosely(ROLE) },
  }),

  [LAUNCH_TEMPLATE]: madeUp("lt", "launch-template", {
    source: source("ec2", "ec2_launch_template"),
    name: { input: "name", allowed: { form: /^[\w().\-/]{3,128}$/, says: "3 to 128 characters" } },
    replacesOn: ["name", "namePrefix"],
    outputs: (_thing, before) => {
      const version = Number(before?.outputs.latestVersion ?? 0) + 1;
      return { latestVersion: version, defaultVersion: Number(before?.outputs.defaultVersion ?? version) };
    },
    renews: ["latestVersion"],
  }),
};
