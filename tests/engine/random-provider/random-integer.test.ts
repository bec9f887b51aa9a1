import assert from "node:assert/strict";
import fc from "fast-check";
import { create, failuresOf, INTEGER } from "./calls.js";

describe("RandomInteger", () => {
  it("lies in its range, whatever the range, and is its own id", async () => {
    await fc.assert(
      fc.asyncProperty(fc.maxSafeInteger(), fc.maxSafeInteger(), async (one, other) => {
        const [min, max] = [Math.min(one, other), Math.max(one, other)];
        const { id, outs } = await create(INTEGER, { min, max });
        const result = Number(outs.result);
        assert.ok(Number.isSafeInteger(result) && min <= result && result <= max, `${result}`);
        assert.equal(id, String(result));
      }),
    );
  });

  it("reaches both ends of the range and all between, about equally often", async () => {
    const counts = new Map<unknown, number>();
    for (let run = 0; run < 6000; run++) {
      const { outs } = await create(INTEGER, { min: -2, max: 3 });
      counts.set(outs.result, (counts.get(outs.result) ?? 0) + 1);
    }
    assert.deepEqual(
      [...counts.keys()].sort((a, b) => Number(a) - Number(b)),
      [-2, -1, 0, 1, 2, 3],
    );
    // Over six standard deviations.
    for (const [value, count] of counts)
      assert.ok(Math.abs(count - 1000) < 190, `${String(value)}: ${count}`);
  });

  it("has no choice in a range of one", async () => {
    assert.deepEqual(await create(INTEGER, { min: 7, max: 7 }), {
      id: "7",
      outs: { min: 7, max: 7, result: 7 },
    });
  });

  it("is the same each time for the same seed, and differs between seeds", async () => {
    const range = { min: 1, max: 1_000_000_000 };
    const ofSeed = async (seed: string) => (await create(INTEGER, { ...range, seed })).outs.result;
    assert.equal(await ofSeed("blue"), await ofSeed("blue"));
    assert.notEqual(await ofSeed("blue"), await ofSeed("green"));
    assert.notEqual(await ofSeed(""), await ofSeed(""));
  });

  it("refuses a range that ends before it begins, or lacks an end", async () => {
    assert.deepEqual(await failuresOf(INTEGER, { min: 3, max: 2 }), [
      "max: expected at least min (3), got 2",
    ]);
    assert.deepEqual(await failuresOf(INTEGER, { min: 3 }), ["max: expected an integer, got nothing"]);
  });
});
