import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { appImages } from "../../toolchain/images.js";
import type * as Images from "../../toolchain/images.js";
import { Checkout } from "../support/checkout.js";

/** Those that no tool of the cluster has to be built for. */
const fromSource = appImages.filter((name) => name !== "ferretdb");

describe("toolchain/images, buildImages", () => {
  let checkout: Checkout;
  let built: typeof Images;
  before(async () => {
    checkout = new Checkout("apps");
    built = await checkout.load<typeof Images>("toolchain/images");
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
