import assert from "node:assert/strict";
import fc from "fast-check";
import { addressIn, contains, overlap } from "../../../rehearsal/cloud/ranges.js";

const range = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 }),
    fc.integer({ min: 8, max: 30 }),
  )
  .map(([bytes, length]) => {
    const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    const first = number - (number % 2 ** (32 - length));
    return `${[24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256).join(".")}/${length}`;
  });

describe("rehearsal/cloud/ranges", () => {
  it("knows which ranges have addresses in common", () => {
    assert.equal(overlap("10.0.0.0/20", "10.0.15.0/24"), true);
    assert.equal(overlap("10.0.0.0/20", "10.0.16.0/24"), false);
    assert.equal(contains("10.0.0.0/20", "10.0.15.0/24"), true);
    assert.equal(contains("10.0.15.0/24", "10.0.0.0/20"), false);
    assert.equal(contains("0.0.0.0/0", "255.255.255.255/32"), true);
  });

  it("holds of any two ranges: one that contains the other overlaps it, both ways round", () => {
    fc.assert(
      fc.property(range, range, (one, other) => {
        assert.equal(overlap(one, other), overlap(other, one));
        if (contains(one, other)) assert.ok(overlap(one, other));
        assert.equal(overlap(one, other), contains(one, other) || contains(other, one));
      }),
    );
  });

  it("gives an address of the range, and none that clouds keep for themselves", () => {
    fc.assert(
      fc.property(range, fc.nat(), (one, place) => {
        const address = addressIn(one, place);
        assert.ok(contains(one, `${address}/32`), `${address} is not in ${one}`);
        assert.notEqual(`${address}/32`, one.replace(/\/.*/, "/32"));
      }),
    );
  });
});
