import assert from "node:assert/strict";
import { type Registered, only } from "../support/program.js";
import { engineFaults } from "../support/rules/engine-faults.js";
import { exposureFaults } from "../support/rules/exposure-faults.js";
import { type StackRule, leaksOf, rules } from "../support/rules/index.js";
import { originalFaults, otherFaults } from "../support/rules/object-faults.js";
import { resourcesOf, stackConfig } from "../support/stacks.js";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

/** What the rules look at. What some of the clouds' resources are handed cannot be cloned. */
async function clonedResources(): Promise<Registered[]> {
  const all = await resourcesOf("dev");
  return structuredClone(all.filter(({ type }) => /^(kubernetes|random|slipway):/.test(type)));
}

const faults = [...originalFaults, ...otherFaults, ...engineFaults, ...exposureFaults];

describe("a fault in the program", () => {
  for (const { is, caughtBy, make } of faults) {
    it(`is seen: ${is}`, async () => {
      const resources = await clonedResources();
      const rule: StackRule = rules[caughtBy];
      assert.deepEqual(rule(resources, stackConfig("dev")), []);

      make(resources);

      assert.notDeepEqual(rule(resources, stackConfig("dev")), []);
    });
  }

  it("is seen: a password in a ConfigMap", async () => {
    const resources = await clonedResources();
    const { data } = only(resources, CONFIG_MAP, "journal-frontend-config").inputs;
    data.redisPassword = "the password";

    assert.deepEqual(leaksOf("the password", resources), [
      `${CONFIG_MAP} journal-frontend-config.data.redisPassword`,
    ]);
  });

  it("is known for every rule, so that no rule passes because it looks at nothing", () => {
    const known = new Set(faults.map(({ caughtBy }) => caughtBy));
    assert.deepEqual([...known].sort(), Object.keys(rules).sort());
  });
});
