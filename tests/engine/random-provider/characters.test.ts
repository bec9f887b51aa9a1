import assert from "node:assert/strict";
import fc from "fast-check";
import { failuresOf, outputsOf, replacesOf, STRING } from "./calls.js";

const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

const few = fc.integer({ min: 0, max: 6 });
const minimums = fc.record({ minLower: few, minUpper: few, minNumeric: few, minSpecial: few });
const switches = fc
  .record({ lower: fc.boolean(), upper: fc.boolean(), numeric: fc.boolean(), special: fc.boolean() })
  .filter((on) => Object.values(on).includes(true));
const alphabet = fc
  .uniqueArray(fc.constantFrom(...Array.from("!~^.,;|§€😀")), { minLength: 1 })
  .map((c) => c.join(""));

describe("random characters", () => {
  it("have the length that is asked, for every length", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), async (length) => {
        assert.equal(Array.from(await resultOf({ length })).length, length);
      }),
    );
  });

  it("come only from the classes that are switched on, special ones from overrideSpecial when it is given", async () => {
    await fc.assert(
      fc.asyncProperty(switches, fc.option(alphabet, { nil: undefined }), async (on, overrideSpecial) => {
        const result = await resultOf({ length: 100, ...on, overrideSpecial });
        const allowed =
          (on.lower ? "abcdefghijklmnopqrstuvwxyz" : "") +
          (on.upper ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ" : "") +
          (on.numeric ? "0123456789" : "") +
          (on.special ? (overrideSpecial ?? SPECIAL) : "");
        assert.deepEqual(
          Array.from(result).filter((character) => !allowed.includes(character)),
          [],
        );
      }),
    );
  });

  it("hold every minimum, also of a class that is switched off", async () => {
    await fc.assert(
      fc.asyncProperty(minimums, switches, few, async (least, on, more) => {
        const sum = least.minLower + least.minUpper + least.minNumeric + least.minSpecial;
        const result = await resultOf({ length: sum + more + 1, ...least, ...on });
        const counts = countClasses(result);
        assert.equal(Array.from(result).length, sum + more + 1);
        assert.ok(counts.lower >= least.minLower, `${counts.lower} lower in ${result}`);
        assert.ok(counts.upper >= least.minUpper, `${counts.upper} upper in ${result}`);
        assert.ok(counts.numeric >= least.minNumeric, `${counts.numeric} numeric in ${result}`);
        assert.ok(counts.special >= least.minSpecial, `${counts.special} special in ${result}`);
      }),
    );
  });

  it("use each of the 83 default characters, and about equally often", async () => {
    const drawn = 83 * 1000;
    const counts = new Map<string, number>();
    for (const character of await resultOf({ length: drawn })) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    assert.equal(counts.size, 83);
    // Six standard deviations: it fails by chance once in millions of runs.
    for (const [character, count] of counts)
      assert.ok(Math.abs(count - 1000) < 190, `${character}: ${count}`);
  });

  it("are shuffled, so that a minimum's characters stand anywhere", async () => {
    const positions = new Set<number>();
    for (let run = 0; run < 300; run++) {
      positions.add(
        (await resultOf({ length: 4, minNumeric: 1, numeric: false, special: false })).search(/\d/),
      );
    }
    assert.deepEqual([...positions].sort(), [0, 1, 2, 3]);
  });

  it("default to all four classes without minimums, which the outputs say", async () => {
    const outputs = await outputsOf(STRING, { length: 5 });
    delete outputs.result;
    assert.deepEqual(outputs, {
      length: 5,
      lower: true,
      upper: true,
      number: true,
      numeric: true,
      special: true,
      minLower: 0,
      minUpper: 0,
      minNumeric: 0,
      minSpecial: 0,
    });
  });

  it("take number for numeric's old name, both ways", async () => {
    for (const name of ["number", "numeric"]) {
      const outputs = await outputsOf(STRING, { length: 200, [name]: false });
      assert.deepEqual([outputs.number, outputs.numeric], [false, false]);
      assert.doesNotMatch(String(outputs.result), /\d/);
    }
    assert.deepEqual(
      await replacesOf(STRING, { length: 5, number: false }, { length: 5, numeric: false }),
      [],
    );
  });

  it("take an empty overrideSpecial for none", async () => {
    const result = await resultOf({
      length: 50,
      overrideSpecial: "",
      upper: false,
      lower: false,
      numeric: false,
    });
    assert.equal(countClasses(result).special, 50);
    assert.deepEqual(await replacesOf(STRING, { length: 5, overrideSpecial: "" }, { length: 5 }), []);
  });

  const refused: [string, object, string[]][] = [
    ["no length", {}, ["length: expected an integer, got nothing"]],
    ["a length of 0", { length: 0 }, ["length: expected at least 1, got 0"]],
    ["a negative minimum", { length: 9, minUpper: -1 }, ["minUpper: expected at least 0, got -1"]],
    [
      "a length below the sum of the minimums",
      { length: 6, minLower: 1, minUpper: 2, minNumeric: 2, minSpecial: 2 },
      ["length: expected at least 7, the sum of minLower, minUpper, minNumeric and minSpecial, got 6"],
    ],
    [
      "no class at all",
      { length: 6, lower: false, upper: false, number: false, special: false },
      ["lower: expected at least one of lower, upper, numeric and special to be true, got false for all"],
    ],
    [
      "number against numeric",
      { length: 6, number: true, numeric: false },
      ["number: expected the same as numeric (false), of which it is the old name, got true"],
    ],
  ];
  for (const [situation, inputs, expected] of refused) {
    it(`refuse ${situation}`, async () => {
      assert.deepEqual(await failuresOf(STRING, { ...inputs }), expected);
    });
  }

  it("accept a length that is just the sum of the minimums", async () => {
    assert.deepEqual(await failuresOf(STRING, { length: 2, minLower: 1, minUpper: 1 }), []);
  });
});

async function resultOf(inputs: Record<string, unknown>): Promise<string> {
  return String((await outputsOf(STRING, inputs)).result);
}

function countClasses(text: string) {
  const count = (kind: RegExp) => text.match(kind)?.length ?? 0;
  return {
    lower: count(/[a-z]/g),
    upper: count(/[A-Z]/g),
    numeric: count(/[0-9]/g),
    special: Array.from(text).filter((character) => SPECIAL.includes(character)).length,
  };
}
