import assert from "node:assert/strict";
import { secretKeys, settingKeys } from "../../infra/config.js";
import { committedConfig, runProgram, stackConfig, stackNames } from "../support/stacks.js";

const expectedUrls: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  dev: { journal: "http://journal.dev.example.com" },
  local: { journal: "https://journal.localhost:8443" },
  prod: { journal: "http://journal.example.com" },
};

describe("the committed stack files", () => {
  it("are those of the three stacks", () => {
    assert.deepEqual([...stackNames].sort(), ["dev", "local", "prod"]);
  });

  for (const stack of stackNames) {
    it(`hold a valid configuration, with which the whole program runs, on stack ${stack}`, async () => {
      const { resources, outputs } = await runProgram(stackConfig(stack), { stack });
      assert.deepEqual(outputs, { urls: expectedUrls[stack] });
      assert.equal(resources.filter(({ type }) => type.startsWith("kubernetes:")).length, 25);
    });

    it(`hold every secret encrypted and every setting in clear, on stack ${stack}`, () => {
      const config = Object.entries(committedConfig(stack));
      const encrypted = config
        .filter(([, value]) => JSON.stringify(value).includes('"secure":'))
        .map(([key]) => key);
      const secret = config
        .map(([key]) => key)
        .filter((key) => secretKeys.some((name) => key === `slipway:${name}`));
      assert.deepEqual(encrypted, secret);
    });
  }

  it("give every setting a place between them", () => {
    const used = new Set(stackNames.flatMap((stack) => Object.keys(committedConfig(stack))));
    assert.deepEqual([...used].sort(), settingKeys.map((key) => `slipway:${key}`).sort());
  });

  it("leave out what only the machine knows", () => {
    const local = committedConfig("local");
    assert.equal(local["slipway:images"], undefined);
    assert.equal(local["slipway:local"].kubeconfig, undefined);
  });
});
