import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { scriptsOf } from "../support/rules/workloads.js";
import { placedOnEks, resourcesOf, runProgram, stackConfig, stackNames } from "../support/stacks.js";

/** What the shell says of a script that it does not understand. */
function syntaxErrorOf(script: string): string | undefined {
  const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
  return status === 0 ? undefined : stderr.trim();
}

describe("the whole program's scripts", () => {
  it("are understood by sh", async () => {
    const { resources } = await runProgram(placedOnEks(stackConfig("prod")), { stack: "prod" });
    for (const stack of stackNames) resources.push(...(await resourcesOf(stack)));
    const titles = new Map(scriptsOf(resources).map(({ title, text }) => [text, title]));
    assert.ok(titles.size > 0);
    for (const [text, title] of titles) assert.equal(syntaxErrorOf(text), undefined, title);
  });

  it("would be reported if they were not", () => {
    assert.match(syntaxErrorOf("#!/bin/sh\nif true; then\n") ?? "", /end of file/);
  });
});
