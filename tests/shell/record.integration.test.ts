import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type * as Commands from "../../commands/commands.js";
import type * as RecordModule from "../../shell/record.js";
import { Checkout } from "../support/checkout.js";

describe("shell/record", () => {
  let checkout: Checkout;
  let recorded: typeof RecordModule.recorded;
  beforeEach(async () => {
    checkout = new Checkout();
    ({ recorded } = await checkout.load<typeof RecordModule>("shell/record"));
  });
  afterEach(() => {
    checkout.remove();
  });

  const linesOf = (name: string) =>
    readFileSync(checkout.path(".local/logs", name), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, ""));

  it("has every line in the file as soon as it is recorded, and gives what the work gives", async () => {
    const result = await recorded("up", (record) => {
      record("first");
      assert.deepEqual(linesOf("up.log"), ["first"]);
      record("second");
      return Promise.resolve("done");
    });
    assert.equal(result, "done");
    assert.deepEqual(linesOf("up.log"), ["first", "second"]);
  });

  it("begins anew each time, keeps the one before, and none before that", async () => {
    for (const line of ["first", "second", "third"])
      await recorded("up", (record) => {
        record(line);
        return Promise.resolve();
      });
    assert.deepEqual(readdirSync(checkout.path(".local/logs")), ["up.1.log", "up.log"]);
    assert.deepEqual([linesOf("up.log"), linesOf("up.1.log")], [["third"], ["second"]]);
  });

  it("has what an up fails with, as it is printed", async () => {
    checkout.write(".local/settings.json", '{"nodes":5}');
    const { createCommands } = await checkout.load<typeof Commands>("commands/commands");
    const program = createCommands(
      () => undefined,
      () => undefined,
    );
    const error = await program.parseAsync(["up", "--nodes", "3"], { from: "user" }).then(
      () => "it came up",
      (failure: unknown) => (failure as Error).message,
    );
    assert.match(error, /^expected --nodes of at least 5/);
    assert.deepEqual(linesOf("up.log"), [`error: ${error}`]);
  });
});
