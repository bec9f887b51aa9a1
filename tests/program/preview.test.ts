import assert from "node:assert/strict";
import { resourcesOf, runProgram, stackConfig, stackNames } from "../support/stacks.js";

describe("a preview, in which the password and the names that Kubernetes makes up are unknown", () => {
  for (const stack of stackNames) {
    it(`shows every resource that an update makes, on stack ${stack}`, async () => {
      const { resources } = await runProgram(stackConfig(stack), { stack, preview: true });

      const update = await resourcesOf(stack);
      assert.deepEqual(resources.map(({ urn }) => urn).sort(), update.map(({ urn }) => urn).sort());
    });
  }
});
