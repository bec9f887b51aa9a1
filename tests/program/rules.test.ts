import assert from "node:assert/strict";
import { rules } from "../support/rules/index.js";
import { resourcesOf, stackNames } from "../support/stacks.js";

describe("the whole program", () => {
  for (const stack of stackNames) {
    describe(`on stack ${stack}`, () => {
      for (const [name, rule] of Object.entries(rules)) {
        it(`keeps the rule "${inWords(name)}"`, async () => {
          assert.deepEqual(rule(await resourcesOf(stack)), []);
        });
      }
    });
  }
});

/** "imagesAreImmutable" -> "images are immutable" */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
