import * as random from "@pulumi/random";
import fc from "fast-check";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { decoded, holdingValues } from "./held-values.js";
import { only, record } from "./program.js";

const { Struct } = createRequire(import.meta.url)("google-protobuf/google/protobuf/struct_pb.js");

describe("a value that a recorded program sends", () => {
  it("comes out as it does of its encoding, with its keys in that order", () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue());
    // The name of a prototype is no key for either of them.
    const plain = values.filter((value) => !JSON.stringify(value).includes("__proto__"));
    fc.assert(
      fc.property(plain, (value) => {
        const expected = Struct.deserializeBinary(Struct.fromJavaScript(value).serializeBinary());
        assert.equal(JSON.stringify(decoded(value)), JSON.stringify(expected.toJavaScript()));
      }),
    );
  });

  it("is refused as its encoding refuses it", () => {
    for (const value of [undefined, () => 1, Symbol("s"), 1n]) {
      assert.throws(() => Struct.fromJavaScript({ a: [value] }), /^Error: Unexpected struct type\.$/);
      assert.throws(() => decoded({ a: [value] }), /^Error: Unexpected struct type\.$/);
    }
  });

  it("is a copy, which no later change reaches", async () => {
    const keepers = { b: "1", a: "2" };
    const resources = await record(() => {
      new random.RandomId("id", { byteLength: 4, keepers });
    });
    const { inputs } = only(resources, "random:index/randomId:RandomId", "id");
    keepers.a = "3";
    assert.equal(JSON.stringify(inputs), '{"byteLength":4,"keepers":{"a":"2","b":"1"}}');
  });

  it("is encoded once its bytes are asked for, and at once again after the program, also when it has failed", async () => {
    const bytes = () => Struct.fromJavaScript({ a: { b: [1, null] } }).serializeBinary() as Uint8Array;
    const { fromJavaScript } = Struct;
    const inside = await holdingValues(() => Promise.resolve([Struct.fromJavaScript, bytes()]));
    await assert.rejects(
      holdingValues(() => Promise.reject(new Error("failed"))),
      /failed/,
    );
    assert.notEqual(inside[0], fromJavaScript);
    assert.equal(Struct.fromJavaScript, fromJavaScript);
    assert.deepEqual(inside[1], bytes());
  });
});
