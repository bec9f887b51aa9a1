import assert from "node:assert/strict";
import fc from "fast-check";
import { create, failuresOf, ID } from "./calls.js";

describe("RandomId", () => {
  it("shows the same bytes in base64, hex and decimal, each behind the prefix, and bare as its id", async () => {
    const prefix = fc.option(fc.string(), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 64 }), prefix, async (byteLength, prefix) => {
        const { id, outs } = await create(ID, { byteLength, prefix });
        const bytes = Buffer.from(id, "base64url");
        const hex = bytes.toString("hex");
        assert.equal(bytes.length, byteLength);
        assert.deepEqual(outs, {
          byteLength,
          ...(prefix === undefined ? {} : { prefix }),
          b64Std: (prefix ?? "") + bytes.toString("base64"),
          b64Url: (prefix ?? "") + id,
          dec: (prefix ?? "") + BigInt(`0x${hex}`).toString(),
          hex: (prefix ?? "") + hex,
        });
      }),
    );
  });

  it("is another each time", async () => {
    const ids = await Promise.all(Array.from({ length: 100 }, () => create(ID, { byteLength: 16 })));
    assert.equal(new Set(ids.map(({ id }) => id)).size, 100);
  });

  it("refuses to be without bytes", async () => {
    assert.deepEqual(await failuresOf(ID, {}), ["byteLength: expected an integer, got nothing"]);
    assert.deepEqual(await failuresOf(ID, { byteLength: 0 }), ["byteLength: expected at least 1, got 0"]);
  });
});
