import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { loadConfig } from "../../../infra/config.js";
import { record } from "../../support/program.js";
import { type Config, stackConfig } from "../../support/stacks.js";

export const valid = stackConfig("prod");

export const without = (key: string, config: Config): Config =>
  Object.fromEntries(Object.entries(config).filter(([other]) => other !== key));

/** The problems that a configuration is refused with, without the head line. */
export async function problemsOf(config: Config): Promise<string[]> {
  let message = "";
  await record(
    () => {
      assert.throws(
        () => loadConfig(),
        (error) => {
          assert.ok(pulumi.RunError.isInstance(error), "only a RunError is shown without a stack trace");
          message = error.message;
          return true;
        },
      );
    },
    { stack: "prod", config },
  );
  const [head, ...problems] = message.split("\n  - ");
  assert.equal(head, `Stack "prod" has ${problems.length} configuration problem(s):`);
  return problems;
}
