import assert from "node:assert/strict";
import { ofKind, only } from "../support/program.js";
import { resourcesOf, runProgram, stackConfig } from "../support/stacks.js";

const WITH_VOLUMES = {
  local: ["chat-mongodb", "chat-redis", "journal-redis", "prisma"],
  dev: ["chat-redis", "journal-redis"],
  prod: ["chat-redis", "journal-redis"],
};

describe("the volumes of the program", () => {
  for (const [stack, expected] of Object.entries(WITH_VOLUMES)) {
    it(`are no reason to replace a StatefulSet of ${stack}, which would stop all of its pods`, async () => {
      const sets = ofKind(await resourcesOf(stack), "StatefulSet");
      assert.deepEqual(sets.map(({ name }) => name).sort(), expected);
      for (const { name, ignoreChanges } of sets)
        assert.deepEqual(ignoreChanges, ["spec.volumeClaimTemplates"], name);
    });
  }

  it("have the size of the stack file where the StatefulSet is new", async () => {
    const { "slipway:journal": journal, ...config } = stackConfig("local");
    const { resources } = await runProgram({
      ...config,
      "slipway:journal": { ...journal, redis: { storage: "20Gi" } },
    });
    const { spec } = only(resources, "kubernetes:apps/v1:StatefulSet", "journal-redis").inputs;
    assert.deepEqual(
      spec.volumeClaimTemplates.map((claim: any) => claim.spec.resources),
      [{ requests: { storage: "20Gi" } }],
    );
  });
});
