import * as pulumi from "@pulumi/pulumi";

export interface ZoneSubnets {
  /** Such as "us-west-2a". */
  readonly zone: string;

  /** Tells the zones of a region apart: "a". */
  readonly letter: string;

  /** For load balancers and NAT gateways. */
  readonly publicRange: string;

  /** For nodes and pods. */
  readonly privateRange: string;
}

/** Every zone of every region has one of these; each has its place in the VPC, whether it is used or not. */
const LETTERS = "abcdefgh";
const LARGEST_PREFIX = 16;
// A load balancer wants a subnet of 32 addresses at least, and a public subnet is a 256th of the VPC.
const SMALLEST_PREFIX = 19;

/**
 * The subnets of each zone. The first half of the VPC is cut into eight private subnets, one a letter; the public ones
 * begin at the second half. So a zone that is added, left out or written in another order moves no other's subnets:
 * a subnet that moves takes the nodes with it.
 */
export function subnetsFor(vpc: string, zones: readonly string[]): ZoneSubnets[] {
  const { base, prefix } = parse(vpc);
  if (prefix < LARGEST_PREFIX || prefix > SMALLEST_PREFIX) {
    const allowed = `between /${LARGEST_PREFIX} and /${SMALLEST_PREFIX}`;
    throw new pulumi.InputPropertyError({
      propertyPath: "network.vpc",
      reason: `expected a range ${allowed}, which has room for eight zones, got "${vpc}"`,
    });
  }
  return [...new Set(zones)].sort().map((zone) => {
    const letter = zone.slice(-1);
    const place = LETTERS.indexOf(letter);
    if (place < 0) {
      throw new pulumi.InputPropertyError({
        propertyPath: "network.zones",
        reason: `expected zones that end in one of the letters ${LETTERS}, got "${zone}"`,
      });
    }
    return {
      zone,
      letter,
      publicRange: rangeAt(base + 2 ** (32 - prefix - 1), prefix + 8, place),
      privateRange: rangeAt(base, prefix + 4, place),
    };
  });
}

/**
 * The range of the Services' addresses, which no cluster can change: the one of the two that EKS uses by itself that
 * does not overlap the VPC.
 */
export function serviceRangeFor(vpc: string): string {
  const usual = "172.20.0.0/16";
  return overlap(vpc, usual) ? "10.100.0.0/16" : usual;
}

/** EKS gives the cluster's DNS the tenth address of the Services' range. */
export function dnsAddressOf(serviceRange: string): string {
  return addressText(parse(serviceRange).base + 10);
}

/** Whether two ranges have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parse(one), parse(other)];
  return a.base < b.base + b.size && b.base < a.base + a.size;
}

function parse(range: string) {
  const [address = "", length = ""] = range.split("/");
  const prefix = Number(length);
  const base = address.split(".").reduce((number, byte) => number * 256 + Number(byte), 0);
  return { base, prefix, size: 2 ** (32 - prefix) };
}

function rangeAt(base: number, prefix: number, place: number): string {
  return `${addressText(base + place * 2 ** (32 - prefix))}/${prefix}`;
}

function addressText(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}
