import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const readme = readFileSync(join(repository, "README.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

const matches = (pattern: RegExp) => [...readme.matchAll(pattern)].map(([, found = ""]) => found);

describe("README.md", () => {
  it("names only commands that package.json has", () => {
    const named = new Set([...matches(/npm run ([\w:]+)/g), ...matches(/npm (test)\b/g)]);
    assert.ok(named.size >= 10, `found only ${named.size} commands`);
    assert.deepEqual(
      [...named].filter((name) => !(name in scripts)),
      [],
    );
  });

  it("maps only folders and files that are there", () => {
    const map = /## The map\n+```\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
    const paths = map.split("\n").flatMap((line) => /^\S+/.exec(line)?.[0] ?? []);
    assert.ok(paths.length >= 8, `found only ${paths.length} paths`);
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(repository, path))),
      [],
    );
  });

  it("links and shows only what is there", () => {
    const targets = matches(/\]\(([^)#]+)\)/g).filter((target) => !target.startsWith("http"));
    assert.ok(targets.length >= 3, `found only ${targets.length} links`);
    assert.deepEqual(
      targets.filter((target) => !existsSync(join(repository, target))),
      [],
    );
  });
});
