import fc from "fast-check";
import assert from "node:assert/strict";
import { bytesQuantity, cpuQuantity, quantityValue } from "../../../infra/k8s/quantity.js";

describe("infra/k8s/quantity", () => {
  for (const [quantity, value] of [
    ["1", 1],
    ["250m", 0.25],
    ["1.5", 1.5],
    ["1k", 1e3],
    ["1G", 1e9],
    ["1Gi", 1073741824],
    ["64Mi", 67108864],
  ] as const) {
    it(`reads ${quantity} as ${value}`, () => {
      assert.equal(quantityValue(quantity), value);
    });
  }

  for (const text of ["", "Mi", "1 Gi", "1GB", "-1", "1e3"]) {
    it(`refuses "${text}"`, () => {
      assert.throws(
        () => quantityValue(text),
        /expected a Kubernetes quantity such as "250m" or "10Gi", got "/,
      );
    });
  }

  it("writes an amount that is never smaller, and less than one unit larger", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (thousandths) => {
        assert.equal(cpuQuantity(thousandths / 1000), `${thousandths}m`);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e13 }), (bytes) => {
        const written = quantityValue(bytesQuantity(bytes));
        assert.ok(written >= bytes && written < bytes + 2 ** 20);
      }),
    );
  });
});
