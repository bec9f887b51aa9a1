import assert from "node:assert/strict";
import { compare } from "bcryptjs";
import { reveal, secret } from "../../../engine/random-provider/wire.js";
import { create, PASSWORD, STRING } from "./calls.js";

describe("RandomPassword", () => {
  // One for all: its hash costs what it is meant to cost.
  let made: Awaited<ReturnType<typeof create>>;
  before(async () => {
    made = await create(PASSWORD, { length: 90 });
  });

  it("keeps the password and its hash secret, and says nothing in its id", () => {
    const { id, outs } = made;
    const { result, bcryptHash } = reveal(outs) as Record<string, string>;
    assert.equal(id, "none");
    assert.equal(result?.length, 90);
    assert.deepEqual(outs.result, secret(result));
    assert.deepEqual(outs.bcryptHash, secret(bcryptHash));
  });

  it("gives a bcrypt hash of cost 10 that fits the first 72 bytes of the password, all that bcrypt takes", async () => {
    const { result, bcryptHash } = reveal(made.outs) as Record<string, string>;
    assert.match(String(bcryptHash), /^\$2[aby]\$10\$/);
    assert.equal(await compare(String(result).slice(0, 72), String(bcryptHash)), true);
    assert.equal(await compare(String(result).slice(0, 71), String(bcryptHash)), false);
  });
});

describe("RandomString", () => {
  it("shows its result, which is its id too", async () => {
    const { id, outs } = await create(STRING, { length: 20 });
    assert.equal(id.length, 20);
    assert.equal(outs.result, id);
    assert.equal("bcryptHash" in outs, false);
  });
});
