import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { imageNames } from "../../infra/platform.js";
import { repository } from "../../shell/paths.js";
import { appImages, images } from "../../toolchain/images.js";

const dockerfile = (name: string) => readFileSync(join(repository, name), "utf8");
const loaded = images.filter(({ internal }) => internal !== true);

/** Images that run as root, and why. */
const asRoot: Record<string, string> = {
  "volume-helper": "makes and removes volumes' folders on the node, which belong to root",
};

describe("toolchain/images", () => {
  it("builds the images of all our products", () => {
    assert.deepEqual([...appImages].sort(), [...imageNames].sort());
    const names = images.map(({ name }) => name);
    for (const name of appImages) assert.ok(names.includes(name), name);
  });

  it("starts every image that is loaded onto a node from nothing, with an ordinary user", () => {
    for (const { name, dockerfile: file } of loaded) {
      const stage =
        dockerfile(file)
          .split(/^FROM /m)
          .at(-1) ?? "";
      assert.equal(stage.split("\n")[0], "scratch", name);
      if (asRoot[name] === undefined) assert.match(stage, /^USER [1-9]\d+:[1-9]\d+$/m, name);
      else assert.doesNotMatch(stage, /^USER /m, `${name} needs no entry in the list`);
    }
  });

  it("counts everything that a Dockerfile copies from its context among the inputs", () => {
    for (const { name, dockerfile: file, inputs, context } of images) {
      const copies = [...dockerfile(file).matchAll(/^(?:COPY|ADD) (?!--from)(\S+) /gm)];
      for (const [, source = ""] of copies.filter(() => context === repository))
        assert.ok(
          inputs.some((input) => source === input || source.startsWith(`${input}/`)),
          `${name}: ${source}`,
        );
    }
  });

  it("builds each after those that it is built from", () => {
    const before: string[] = [];
    for (const { name, args = {} } of images) {
      for (const value of Object.values(args).filter((each) => each.startsWith("image:")))
        assert.ok(before.includes(value.slice("image:".length)), `${name}: ${value}`);
      before.push(name);
    }
  });
});
