import * as fc from "fast-check";
import assert from "node:assert/strict";
import { nodeCountsFor } from "../../../infra/aws/node-counts.js";
import { refuses } from "./harness.js";

const counts = (minSize: number, desiredSize: number, maxSize: number) => ({ minSize, desiredSize, maxSize });
const count = fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined });

describe("infra/aws/node-counts", () => {
  it("defaults to two nodes, of two to four", () => {
    assert.deepEqual(nodeCountsFor({}), counts(2, 2, 4));
  });

  it("takes what is given, and brings the rest in line with it", () => {
    assert.deepEqual(nodeCountsFor({ minNodes: 2, desiredNodes: 3, maxNodes: 6 }), counts(2, 3, 6));
    assert.deepEqual(nodeCountsFor({ minNodes: 5 }), counts(5, 5, 5));
    assert.deepEqual(nodeCountsFor({ maxNodes: 1 }), counts(1, 1, 1));
    assert.deepEqual(nodeCountsFor({ desiredNodes: 7 }), counts(2, 7, 7));
    assert.deepEqual(nodeCountsFor({ desiredNodes: 0, minNodes: 0 }), counts(0, 0, 4));
    assert.deepEqual(nodeCountsFor({ minNodes: 0 }), counts(0, 2, 4));
  });

  it("gives numbers in the order that EKS demands, or refuses, whatever is given", () => {
    fc.assert(
      fc.property(count, count, count, (minNodes, maxNodes, desiredNodes) => {
        const min = minNodes ?? 0;
        const max = maxNodes ?? Infinity;
        const contradict = min > max || (desiredNodes ?? min) < min || (desiredNodes ?? 0) > max;
        const ask = () => nodeCountsFor({ minNodes, maxNodes, desiredNodes });
        if (contradict) {
          assert.throws(ask);
          return;
        }
        const { minSize, maxSize, desiredSize } = ask();
        assert.ok(minSize <= desiredSize && desiredSize <= maxSize);
        assert.equal(minSize, minNodes ?? minSize);
        assert.equal(maxSize, maxNodes ?? maxSize);
        assert.equal(desiredSize, desiredNodes ?? desiredSize);
      }),
    );
  });

  it("refuses numbers that contradict each other", () => {
    refuses(
      () => nodeCountsFor({ minNodes: 4, maxNodes: 3 }),
      "eks.minNodes",
      "expected at most maxNodes, which is 3, got 4",
    );
    refuses(
      () => nodeCountsFor({ minNodes: 2, maxNodes: 3, desiredNodes: 1 }),
      "eks.desiredNodes",
      "expected 2 to 3, got 1",
    );
    refuses(
      () => nodeCountsFor({ maxNodes: 3, desiredNodes: 5 }),
      "eks.desiredNodes",
      "expected 2 to 3, got 5",
    );
  });
});
