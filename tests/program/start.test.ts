import assert from "node:assert/strict";
import { execa } from "execa";
import { repository } from "../../machine/layout.js";

/** Runs lines of JavaScript in a process of their own, started as the engine starts the program. */
async function evaluate(script: string): Promise<unknown> {
  const args = ["--import", "slipway/typescript", "--input-type=commonjs", "--eval", script];
  const { stdout } = await execa(process.execPath, args, { cwd: repository });
  return JSON.parse(stdout);
}

const loaded = `["typescript/lib/typescript.js", "@npmcli/arborist/lib/arborist/index.js"].filter((file) =>
  Object.keys(require.cache).some((name) => name.endsWith(file)))`;

describe("the start of the program", () => {
  it("loads Pulumi's SDK without the compiler and the package reader that only serialized functions need", async () => {
    assert.deepEqual(await evaluate(`require("@pulumi/pulumi"); console.log(JSON.stringify(${loaded}))`), []);
  });

  it("loads both once a function is serialized after all", async () => {
    const found = await evaluate(`(async () => {
      const { runtime } = require("@pulumi/pulumi");
      const seven = 7;
      const { text } = await runtime.serializeFunction(() => seven + 1);
      const paths = await runtime.computeCodePaths();
      console.log(JSON.stringify([text.includes("seven: 7"), paths.has("node_modules/execa"), ${loaded}.length]));
    })()`);
    assert.deepEqual(found, [true, true, 2]);
  });
});
