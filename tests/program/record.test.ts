import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import assert from "node:assert/strict";
import { isSecret, only, record, reveal } from "../support/program.js";

describe("a recorded program", () => {
  const password = () => new random.RandomPassword("p", { length: 32 });
  const PASSWORD = "random:index/randomPassword:RandomPassword";

  it("is recorded to its end, also what waits for another's output", async () => {
    const resources = await record(() => {
      new random.RandomId("id", { byteLength: 4, keepers: { password: password().result } });
    });
    assert.deepEqual(resources.map(({ name }) => name).sort(), ["id", "p"]);
    const { keepers } = only(resources, "random:index/randomId:RandomId", "id").inputs;
    assert.equal(isSecret(keepers), true);
    assert.deepEqual(reveal(keepers), { password: "Made0up0by0the0random0provider00" });
  });

  it("starts afresh each time", async () => {
    assert.equal((await record(password)).length, 1);
    assert.equal((await record(password)).length, 1);
  });

  it("fails when it asks a provider for something, which a test must answer on purpose", async () => {
    const program = () => pulumi.runtime.invoke("gcp:compute/getZones:getZones", {});
    await assert.rejects(record(program), /unexpected call of gcp:compute\/getZones:getZones/);
  });

  it("says what there is when a test looks for something else", async () => {
    const resources = await record(password);
    assert.throws(
      () => only(resources, PASSWORD, "q"),
      /expected one .*RandomPassword "q", got 0 among\n {2}random:.* p/,
    );
  });
});
