import assert from "node:assert/strict";
import { compare } from "bcryptjs";
import { reveal, secret } from "../../../machine/random-provider/wire.js";
import { create, outputsOf, PASSWORD, STRING } from "./calls.js";

describe("RandomPassword", () => {
  it("keeps the password and its hash secret, and says nothing in its id", async () => {
    const { id, outs } = await create(PASSWORD, { length: 20 });
    const { result, bcryptHash } = reveal(outs) as Record<string, string>;
    assert.equal(id, "none");
    assert.equal(result?.length, 20);
    assert.deepEqual(outs.result, secret(result));
    assert.deepEqual(outs.bcryptHash, secret(bcryptHash));
  });

  it("gives a bcrypt hash of cost 10 that fits the password and no other", async () => {
    const { result, bcryptHash } = await outputsOf(PASSWORD, { length: 20 });
    assert.match(String(bcryptHash), /^\$2[aby]\$10\$/);
    assert.equal(await compare(String(result), String(bcryptHash)), true);
    assert.equal(await compare(`${String(result).slice(1)}x`, String(bcryptHash)), false);
  });

  it("hashes a password beyond bcrypt's 72 bytes by its first 72", async () => {
    const { result, bcryptHash } = await outputsOf(PASSWORD, { length: 90 });
    assert.equal(await compare(String(result).slice(0, 72), String(bcryptHash)), true);
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
