import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { imageNames } from "../../infra/platform.js";
import { appImages, images } from "../../machine/images.js";
import type * as Images from "../../machine/images.js";
import { repository } from "../../machine/layout.js";
import { Checkout } from "../support/checkout.js";

const dockerfile = (name: string) => readFileSync(join(repository, name), "utf8");
const loaded = images.filter(({ internal }) => internal !== true);

/** Images that run as root, and why. */
const asRoot: Record<string, string> = {
  "volume-helper": "makes and removes volumes' folders on the node, which belong to root",
};

/** Those that no tool of the cluster has to be built for. */
const fromSource = appImages.filter((name) => name !== "ferretdb");

describe("machine/images", () => {
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

  describe("buildImages", () => {
    let checkout: Checkout;
    let built: typeof Images;
    before(async () => {
      checkout = new Checkout("apps");
      built = await checkout.load<typeof Images>("images");
      const program = `echo "$*" >> ${JSON.stringify(checkout.path("calls"))}`;
      // As the real one: the digest follows from the archive's name, which follows from the inputs.
      checkout.fakeProgram(
        "buildah",
        `${program}
[ "$1" = push ] && [ -e ${JSON.stringify(checkout.path("fail"))} ] && exit 1
while [ $# -gt 0 ]; do
  case $1 in
    --digestfile) digestfile=$2 ;;
    oci-archive:*) echo "$1" | sha256sum | sed 's/^\\([0-9a-f]*\\).*/sha256:\\1/' > "$digestfile" ;;
  esac
  shift
done`,
      );
      checkout.fakeProgram("mmdebstrap", program);
      checkout.fakeProgram("apt-get", "true");
      for (const workspace of ["frontend", "fileserver"])
        checkout.write(`apps/journal/${workspace}/dist/main.cjs`, "bundle");
    });
    after(() => {
      checkout.remove();
    });

    /** Builds the apps' images; gives the references and which of them were built, not taken as they were. */
    async function build(): Promise<{ references: Record<string, string>; anew: string[] }> {
      const before = calls().length;
      const result = await built.buildImages("apps", () => undefined);
      const anew = calls()
        .slice(before)
        .flatMap((line) => /^bud .*--tag slipway\.local\/([\w-]+):[0-9a-f]{16} /.exec(line)?.[1] ?? []);
      const loadable = result.filter(({ internal }) => !internal);
      assert.deepEqual(
        result.filter(({ internal }) => internal).map(({ name }) => name),
        ["base", "node"],
      );
      return {
        references: Object.fromEntries(loadable.map(({ name, reference }) => [name, reference])),
        anew,
      };
    }
    const calls = () =>
      existsSync(checkout.path("calls"))
        ? readFileSync(checkout.path("calls"), "utf8").split("\n").filter(Boolean)
        : [];

    it("builds all once, and gives those to be loaded by digest", async () => {
      const { references, anew } = await build();
      assert.deepEqual(anew, ["base", "node", "volume-helper", ...fromSource]);
      assert.deepEqual(Object.keys(references), ["volume-helper", ...fromSource]);
      for (const [name, reference] of Object.entries(references))
        assert.match(reference, RegExp(`^slipway\\.local/${name}@sha256:[0-9a-f]{64}$`));
    });

    it("pulls nothing: what it does not find it does not build on", () => {
      const builds = calls().filter((line) => line.startsWith("bud "));
      assert.equal(builds.length, 3 + fromSource.length);
      for (const line of builds) assert.ok(line.includes(" --pull-never "), line);
    });

    it("builds nothing when nothing changed, and gives the same digests", async () => {
      const first = await build();
      const second = await build();
      assert.deepEqual(second, { references: first.references, anew: [] });
    });

    it("builds the one whose input changed, and no other", async () => {
      const before = await build();
      appendFileSync(checkout.path("apps/journal/frontend/dist/main.cjs"), "// changed\n");
      const { references, anew } = await build();
      assert.deepEqual(anew, ["journal-frontend"]);
      assert.notEqual(references["journal-frontend"], before.references["journal-frontend"]);
      assert.equal(references.redis, before.references.redis);
    });

    it("builds all that stands on an image that changed", async () => {
      appendFileSync(checkout.path("apps/base/Dockerfile"), "# changed\n");
      assert.deepEqual((await build()).anew, ["base", "volume-helper", ...fromSource]);
      appendFileSync(checkout.path("apps/base/rootfs.sh"), "# changed\n");
      assert.deepEqual((await build()).anew, fromSource);
    });

    it("builds again what was interrupted before its archive was whole", async () => {
      appendFileSync(checkout.path("apps/redis/Dockerfile"), "# changed\n");
      checkout.write("fail", "");
      await assert.rejects(build());
      rmSync(checkout.path("fail"));
      assert.deepEqual((await build()).anew, ["redis"]);
    });
  });
});
