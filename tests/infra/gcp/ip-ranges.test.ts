import fc from "fast-check";
import assert from "node:assert/strict";
import { overlaps } from "../../../infra/gcp/ip-ranges.js";

describe("infra/gcp/ip-ranges", () => {
  const table: [string, string, boolean][] = [
    ["10.0.0.0/20", "10.0.0.0/20", true],
    ["10.0.0.0/8", "10.4.0.0/14", true],
    ["10.4.0.0/14", "10.0.0.0/8", true],
    ["10.0.0.0/20", "10.0.16.0/20", false],
    ["10.4.0.0/14", "10.8.0.0/20", false],
    ["10.7.255.0/24", "10.4.0.0/14", true],
    ["10.0.0.0/8", "192.168.0.0/16", false],
    ["0.0.0.0/0", "192.168.0.0/16", true],
  ];
  for (const [one, other, expected] of table) {
    it(`${expected ? "finds" : "finds no"} common addresses of ${one} and ${other}`, () => {
      assert.deepEqual(overlaps({ one, other }), expected ? [["one", "other"]] : []);
    });
  }

  it("names every pair, and no range with itself", () => {
    assert.deepEqual(overlaps({ a: "10.0.0.0/8", b: "10.1.0.0/16", c: "10.2.0.0/16" }), [
      ["a", "b"],
      ["a", "c"],
    ]);
  });

  it("agrees with arithmetic on any two ranges", () => {
    const range = fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 4, max: 32 })).map(([address, length]) => ({
      first: Math.floor(address / 2 ** (32 - length)) * 2 ** (32 - length),
      length,
    }));
    const text = ({ first, length }: { first: number; length: number }) =>
      `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${length}`;
    fc.assert(
      fc.property(range, range, (one, other) => {
        const size = ({ length }: { length: number }) => 2 ** (32 - length);
        const common = one.first < other.first + size(other) && other.first < one.first + size(one);
        assert.equal(overlaps({ one: text(one), other: text(other) }).length > 0, common);
      }),
    );
  });
});
