import assert from "node:assert/strict";
import { type Registered, isSecret, only, reveal } from "../support/program.js";
import { leaksOf } from "../support/rules/index.js";
import { runProgram, stackConfig, stackNames } from "../support/stacks.js";

const CANARY = "Canary0that0nobody0may0read00000";

describe("the whole program's secrets", () => {
  for (const stack of stackNames) {
    it(`are readable in nothing but a Secret, when made up, on stack ${stack}`, async () => {
      const { resources } = await runProgram(stackConfig(stack), { stack, password: CANARY });

      const { stringData } = only(resources, "kubernetes:core/v1:Secret", "journal-redis").inputs;
      assert.deepEqual([isSecret(stringData), reveal(stringData)], [true, { password: CANARY }]);
      assert.deepEqual(leaksOf(CANARY, resources), []);
    });

    it(`are readable in nothing but a Secret, when configured, on stack ${stack}`, async () => {
      const config = { ...stackConfig(stack), "slipway:redisPassword": CANARY };
      const { resources } = await runProgram(config, { stack });

      const { stringData } = only(resources, "kubernetes:core/v1:Secret", "journal-redis").inputs;
      assert.deepEqual([isSecret(stringData), reveal(stringData)], [true, { password: CANARY }]);
      assert.deepEqual(leaksOf(CANARY, resources), []);
      const made = resources
        .map(({ name }) => name)
        .filter((name) => /^journal-redis-.*password$/.test(name));
      // Only those that nobody outside the pods uses: a configured password is not made up as well.
      assert.deepEqual(made.sort(), ["journal-redis-internal-password", "journal-redis-metrics-password"]);
    });
  }

  it("are seen in base64 and in an address too", () => {
    const object = (text: string): Registered[] => [
      {
        type: "kubernetes:core/v1:ConfigMap",
        name: "c",
        inputs: { data: { key: text } },
        ...{
          provider: "",
          urn: "",
          parent: "",
          dependencies: [],
          aliases: [],
          ignoreChanges: [],
          providers: [],
        },
        ...{ retainOnDelete: false, protect: false, timeouts: { create: "", update: "", delete: "" } },
      },
    ];
    const secret = "p&ss word";
    assert.equal(leaksOf(secret, object(`x ${Buffer.from(secret).toString("base64")}`)).length, 1);
    assert.equal(leaksOf(secret, object(`redis://:${encodeURIComponent(secret)}@redis`)).length, 1);
    assert.equal(leaksOf(secret, object("redis://redis")).length, 0);
  });
});
