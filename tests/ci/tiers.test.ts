import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "../../shell/paths.js";

/** Of the Node.js that runs the tests, and not yet of the types, which are of the oldest that runs the program. */
const { globSync } = fs as unknown as {
  globSync: (patterns: string | string[], options: { cwd: string }) => string[];
};

interface Configuration {
  spec: string | string[];
  ignore?: string[];
}

/** Files that mocha runs by that configuration, as often as it names them. */
function filesOf(configuration: string): string[] {
  const { spec, ignore = [] } = parse(
    fs.readFileSync(join(repository, configuration), "utf8"),
  ) as Configuration;
  const ignored = new Set(globSync(ignore.flatMap(withoutBraces), { cwd: repository }));
  return [spec]
    .flat()
    .flatMap((each) => globSync(each, { cwd: repository }).filter((file) => !ignored.has(file)));
}

/** "tests/{local,diff}/**" names folders, and with them all files that they hold. */
const withoutBraces = (pattern: string) => [pattern, pattern.replace(/\/\*\*$/, "/**/*")];

describe("the tiers of tests", () => {
  it("have every test file in exactly one of them", () => {
    const tiers = [
      ".mocharc.yaml",
      ".mocharc.integration.yaml",
      "tests/local/.mocharc.yaml",
      "tests/diff/.mocharc.yaml",
    ];
    assert.deepEqual(
      tiers.flatMap(filesOf).sort(),
      globSync("tests/**/*.test.ts", { cwd: repository }).sort(),
    );
  });
});
