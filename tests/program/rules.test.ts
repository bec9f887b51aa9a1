import assert from "node:assert/strict";
import { clusterNames } from "../../infra/platform.js";
import type { Registered } from "../support/program.js";
import { type StackRule, rules } from "../support/rules/index.js";
import { workloadsOf } from "../support/rules/workloads.js";
import {
  type Config,
  committedRun,
  placedOnEks,
  runProgram,
  stackConfig,
  stackNames,
} from "../support/stacks.js";

const onEks = placedOnEks(stackConfig("prod"));

const programs = [
  ...stackNames.map((stack) => ({
    title: `on stack ${stack}`,
    config: stackConfig(stack),
    run: () => committedRun(stack),
  })),
  {
    title: "on stack prod, with its apps on EKS",
    config: onEks,
    run: () => runProgram(onEks, { stack: "prod" }),
  },
];

const placesOf = (config: Config) => Object.values(config).flatMap((block) => block?.cluster ?? []);

describe("the whole program", () => {
  it("has apps on every kind of cluster between these stacks, so that the rules see what each makes of them", () => {
    const placed = new Set(programs.flatMap(({ config }) => placesOf(config)));
    assert.deepEqual([...placed].sort(), [...clusterNames].sort());
  });

  for (const { title, config, run } of programs) {
    describe(title, () => {
      let resources: Registered[];
      before(async () => ({ resources } = await run()));

      for (const [name, rule] of Object.entries<StackRule>(rules)) {
        it(`keeps the rule "${inWords(name)}"`, () => {
          assert.deepEqual(rule(resources, config), []);
        });
      }

      it("has pods on every cluster that an app is placed on, for the rules to look at", () => {
        const used = workloadsOf(resources).map(
          ({ resource }) => /kubernetes::([^:]+)::/.exec(resource.provider)?.[1],
        );
        assert.deepEqual(new Set(used), new Set(placesOf(config)));
      });
    });
  }
});

/** "imagesAreImmutable" -> "images are immutable" */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
