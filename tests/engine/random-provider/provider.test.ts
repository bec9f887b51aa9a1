import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { randomProvider } from "../../../engine/random-provider/provider.js";
import { secret } from "../../../engine/random-provider/wire.js";
import { create, failuresOf, ID, INTEGER, PASSWORD, replacesOf, STRING, urnOf } from "./calls.js";

const PET = "random:index/randomPet:RandomPet";
const ONLY = `expected one of the types ${ID}, ${INTEGER}, ${PASSWORD}, ${STRING}, got "${PET}"`;

describe("the random provider", () => {
  it("has the version of the npm package that it serves", () => {
    const { version } = createRequire(import.meta.url)("@pulumi/random/package.json") as { version: string };
    assert.equal(randomProvider.version, version);
  });

  it("refuses a type that it does not make, and names those that it makes", async () => {
    assert.deepEqual(await failuresOf(PET, { length: 2 }), [`: ${ONLY}`]);
    await assert.rejects(create(PET, {}), { message: ONLY });
    await assert.rejects(replacesOf(PET, {}, {}), { message: ONLY });
  });

  it("refuses inputs that the type does not have", async () => {
    assert.deepEqual(await failuresOf(ID, { byteLength: 4, lenght: 3, hex: "ff" }), [
      'lenght: expected one of the inputs byteLength, keepers, prefix, got "lenght"',
      'hex: expected one of the inputs byteLength, keepers, prefix, got "hex"',
    ]);
  });

  it("refuses values of the wrong type, all at once, without showing them", async () => {
    assert.deepEqual(
      await failuresOf(STRING, {
        keepers: { image: 3, tag: "v1", zone: null },
        length: "16",
        lower: "yes",
        minLower: 1.5,
        minUpper: 1e300,
        overrideSpecial: ["!"],
        special: { on: true },
      }),
      [
        "keepers.image: expected a string, got an integer",
        "keepers.zone: expected a string, got null",
        "length: expected an integer, got a string",
        "lower: expected a boolean, got a string",
        "minLower: expected an integer, got a fraction",
        "minUpper: expected an integer, got an integer too large",
        "overrideSpecial: expected a string, got a list",
        "special: expected a boolean, got a map",
      ],
    );
    assert.deepEqual(await failuresOf(ID, { byteLength: 1, keepers: "v1" }), [
      "keepers: expected a map of strings, got a string",
    ]);
  });

  it("checks secret inputs too, without showing them", async () => {
    assert.deepEqual(await failuresOf(INTEGER, { min: 5, max: secret(4) }), [
      "max: expected at least min (5), got [secret]",
    ]);
    assert.deepEqual(await failuresOf(STRING, { length: secret(0) }), [
      "length: expected at least 1, got [secret]",
    ]);
    assert.deepEqual(
      await failuresOf(ID, { byteLength: 1, prefix: secret("x"), keepers: { k: secret("x") } }),
      [],
    );
  });

  it("lets pass what a preview does not know yet", async () => {
    const unknown = { length: unknownValue, minLower: 9, keepers: { image: unknownValue } };
    assert.deepEqual(await failuresOf(STRING, unknown), []);
    assert.deepEqual(await failuresOf(STRING, { length: 5, number: unknownValue, numeric: true }), []);
    assert.deepEqual(await failuresOf(STRING, { ...unknown, upper: unknownValue, lower: 1 }), [
      "lower: expected a boolean, got an integer",
    ]);
  });

  it("hands the inputs on as they came", async () => {
    const inputs = { byteLength: 2, prefix: secret("x") };
    assert.deepEqual(await randomProvider.check(urnOf(ID), {}, inputs), { inputs, failures: [] });
  });

  const changes: [string, Record<string, unknown>, Record<string, unknown>][] = [
    [PASSWORD, { length: 9 }, { length: 10 }],
    [PASSWORD, { length: 9 }, { length: 9, lower: false }],
    [PASSWORD, { length: 9 }, { length: 9, upper: false }],
    [PASSWORD, { length: 9 }, { length: 9, special: false }],
    [PASSWORD, { length: 9 }, { length: 9, minLower: 1 }],
    [PASSWORD, { length: 9 }, { length: 9, minUpper: 1 }],
    [PASSWORD, { length: 9 }, { length: 9, minNumeric: 1 }],
    [PASSWORD, { length: 9 }, { length: 9, minSpecial: 1 }],
    [STRING, { length: 9 }, { length: 9, overrideSpecial: "!" }],
    [STRING, { length: 9 }, { length: 9, keepers: { image: "v1" } }],
    [STRING, { length: 9 }, { length: unknownValue }],
    [STRING, { length: 9, keepers: { image: "v1" } }, { length: 9, keepers: { image: unknownValue } }],
    [INTEGER, { min: 1, max: 9 }, { min: 2, max: 9 }],
    [INTEGER, { min: 1, max: 9 }, { min: 1, max: 8 }],
    [INTEGER, { min: 1, max: 9 }, { min: 1, max: 9, seed: "blue" }],
    [INTEGER, { min: 1, max: 9, keepers: { image: "v1" } }, { min: 1, max: 9 }],
    [ID, { byteLength: 4 }, { byteLength: 5 }],
    [ID, { byteLength: 4, prefix: "a" }, { byteLength: 4, prefix: secret("b") }],
    [ID, { byteLength: 4, keepers: { image: "v1" } }, { byteLength: 4, keepers: { image: "v2" } }],
  ];
  // Made once for each state: a password costs what its hash is meant to cost.
  const states = new Map<string, ReturnType<typeof create>>();
  const stateOf = (token: string, inputs: Record<string, unknown>) => {
    const key = JSON.stringify([token, inputs]);
    const state = states.get(key) ?? create(token, inputs);
    states.set(key, state);
    return state;
  };
  for (const [token, before, after] of changes) {
    const [input] = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
    it(`replaces a ${token.split(":")[2]} for ${JSON.stringify(before)} -> ${JSON.stringify(after)}`, async () => {
      const { outs } = await stateOf(token, before);
      assert.deepEqual(await replacesOf(token, outs, after), [input]);
    });
  }

  it("replaces a password for numeric, and for number, its old name", async () => {
    const { outs } = await stateOf(PASSWORD, { length: 9 });
    assert.deepEqual(await replacesOf(PASSWORD, outs, { length: 9, numeric: false }), ["number", "numeric"]);
    assert.deepEqual(await replacesOf(PASSWORD, outs, { length: 9, number: false }), ["number", "numeric"]);
  });

  it("replaces nothing for a default written out, a value turned secret, or an empty map", async () => {
    const { outs } = await create(PASSWORD, { length: 9, keepers: { image: "v1" } });
    const same = { length: secret(9), lower: true, minUpper: 0, keepers: secret({ image: secret("v1") }) };
    assert.deepEqual(await replacesOf(PASSWORD, outs, same), []);
    assert.deepEqual(
      await replacesOf(ID, { byteLength: 1 }, { byteLength: 1, keepers: {}, prefix: null }),
      [],
    );
  });

  it("keeps secret inputs secret in the outputs, and with them what is made of them", async () => {
    const { outs } = await create(ID, {
      byteLength: 1,
      prefix: secret("hush-"),
      keepers: { k: secret("v") },
    });
    assert.deepEqual(outs.prefix, secret("hush-"));
    assert.deepEqual(outs.keepers, { k: secret("v") });
    for (const output of ["b64Std", "b64Url", "dec", "hex"]) {
      assert.deepEqual(outs[output], secret((outs[output] as { value: string }).value), output);
    }
  });

  it("shows a value that only has secret keepers", async () => {
    const { id, outs } = await create(STRING, { length: 4, keepers: secret({ k: "v" }) });
    assert.equal(outs.result, id);
    assert.deepEqual(outs.keepers, secret({ k: "v" }));
  });

  it("reads back what the state says, a password as a secret even from a plain state", async () => {
    const { id, outs } = await stateOf(PASSWORD, { length: 9 });
    assert.deepEqual(await randomProvider.read(id, urnOf(PASSWORD), outs), { id, props: outs });
    assert.deepEqual(await randomProvider.read("none", urnOf(PASSWORD), { result: "plain" }), {
      id: "none",
      props: { result: secret("plain") },
    });
  });

  it("refuses to import, since it knows nothing but the state", async () => {
    await assert.rejects(randomProvider.read("p-9hUg", urnOf(ID), {}), {
      message: `cannot import ${ID} "p-9hUg": this provider reads only what is in the state`,
    });
  });
});
