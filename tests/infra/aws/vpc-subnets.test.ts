import * as fc from "fast-check";
import assert from "node:assert/strict";
import { dnsAddressOf, overlap, serviceRangeFor, subnetsFor } from "../../../infra/aws/vpc-subnets.js";
import { refuses } from "./harness.js";

const letters = ["a", "b", "c", "d", "e", "f", "g", "h"];
const zonesOf = (some: readonly string[]) => some.map((letter) => `us-west-2${letter}`);

/** A VPC of every size that is allowed, anywhere. */
const vpcs = fc
  .tuple(fc.integer({ min: 16, max: 19 }), fc.integer({ min: 0, max: 2 ** 19 - 1 }))
  .map(([prefix, place]) => {
    const base = (place % 2 ** prefix) * 2 ** (32 - prefix);
    const bytes = [24, 16, 8, 0].map((bits) => Math.floor(base / 2 ** bits) % 256);
    return `${bytes.join(".")}/${prefix}`;
  });
const someZones = fc.uniqueArray(fc.constantFrom(...letters), { minLength: 2, maxLength: 4 }).map(zonesOf);

const rangesOf = (vpc: string, zones: readonly string[]) =>
  subnetsFor(vpc, zones).flatMap(({ publicRange, privateRange }) => [publicRange, privateRange]);
const boundsOf = (range: string) => {
  const [address = "", prefix = ""] = range.split("/");
  const first = address.split(".").reduce((number, byte) => number * 256 + Number(byte), 0);
  return [first, first + 2 ** (32 - Number(prefix)) - 1] as const;
};
describe("infra/aws/vpc-subnets", () => {
  it("gives each zone 4096 private addresses and 256 public ones out of a /16", () => {
    assert.deepEqual(subnetsFor("10.64.0.0/16", ["us-west-2a", "us-west-2b"]), [
      { zone: "us-west-2a", letter: "a", publicRange: "10.64.128.0/24", privateRange: "10.64.0.0/20" },
      { zone: "us-west-2b", letter: "b", publicRange: "10.64.129.0/24", privateRange: "10.64.16.0/20" },
    ]);
  });

  it("lets no two subnets overlap, whatever the VPC and its zones", () => {
    fc.assert(
      fc.property(vpcs, someZones, (vpc, zones) => {
        const bounds = rangesOf(vpc, zones)
          .map(boundsOf)
          .sort(([a], [b]) => a - b);
        return bounds.every(([, last], index) => last < (bounds[index + 1]?.[0] ?? Infinity));
      }),
    );
  });

  it("keeps every subnet within the VPC, at an address where such a range can begin", () => {
    fc.assert(
      fc.property(vpcs, someZones, (vpc, zones) => {
        const [first, last] = boundsOf(vpc);
        return rangesOf(vpc, zones).every((range) => {
          const [from, to] = boundsOf(range);
          return from >= first && to <= last && from % (to - from + 1) === 0;
        });
      }),
    );
  });

  it("moves no zone's subnets when zones are added, left out or written in another order", () => {
    fc.assert(
      fc.property(vpcs, someZones, (vpc, zones) => {
        const all = subnetsFor(vpc, zonesOf(letters));
        const some = subnetsFor(vpc, [...zones].reverse());
        assert.deepEqual(
          some,
          all.filter(({ zone }) => zones.includes(zone)),
        );
      }),
    );
  });

  it("leaves every public subnet the 32 addresses that a load balancer wants", () => {
    fc.assert(
      fc.property(vpcs, (vpc) =>
        subnetsFor(vpc, ["us-west-2a"]).every(({ publicRange }) => Number(publicRange.split("/")[1]) <= 27),
      ),
    );
  });

  it("refuses a VPC that has no room for eight zones, or is larger than AWS makes them", () => {
    for (const vpc of ["10.0.0.0/20", "10.0.0.0/8"]) {
      refuses(
        () => subnetsFor(vpc, ["us-west-2a", "us-west-2b"]),
        "network.vpc",
        `expected a range between /16 and /19, which has room for eight zones, got "${vpc}"`,
      );
    }
  });

  it("refuses a zone that has no place", () => {
    refuses(
      () => subnetsFor("10.64.0.0/16", ["us-west-2a", "us-west-2z"]),
      "network.zones",
      'expected zones that end in one of the letters abcdefgh, got "us-west-2z"',
    );
  });

  it("gives Services the range that the VPC does not use", () => {
    assert.equal(serviceRangeFor("10.64.0.0/16"), "172.20.0.0/16");
    assert.equal(serviceRangeFor("10.100.0.0/16"), "172.20.0.0/16");
    assert.equal(serviceRangeFor("172.20.128.0/17"), "10.100.0.0/16");
    fc.assert(fc.property(vpcs, (vpc) => !overlap(vpc, serviceRangeFor(vpc))));
  });

  it("knows where EKS puts the cluster's DNS", () => {
    assert.equal(dnsAddressOf("172.20.0.0/16"), "172.20.0.10");
    assert.equal(dnsAddressOf("10.100.0.0/16"), "10.100.0.10");
  });
});
