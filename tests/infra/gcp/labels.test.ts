import assert from "node:assert/strict";
import { cloudLabels } from "../../../infra/gcp/labels.js";
import { record } from "../../support/program.js";

describe("infra/gcp/labels", () => {
  it("say whose it is", async () => {
    await record(
      () => {
        assert.deepEqual(cloudLabels(), { "part-of": "slipway", stack: "prod", "managed-by": "pulumi" });
      },
      { stack: "prod" },
    );
  });

  const stacks: [string, string][] = [
    ["Feature/Big.Change", "feature-big-change"],
    ["a_b-c", "a_b-c"],
    ["x".repeat(70), "x".repeat(63)],
  ];
  for (const [stack, value] of stacks) {
    it(`have a value that Google takes for the stack "${stack.slice(0, 20)}"`, () => {
      assert.equal(cloudLabels(stack).stack, value);
    });
  }
});
