import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import type * as Bundles from "../../toolchain/bundles.js";
import { Checkout } from "../support/checkout.js";

describe("toolchain/bundles", () => {
  let checkout: Checkout;
  let buildBundles: typeof Bundles.buildBundles;
  let all: string[];
  before(async () => {
    checkout = new Checkout("apps", "package-lock.json");
    const loaded = await checkout.load<typeof Bundles>("toolchain/bundles");
    ({ buildBundles } = loaded);
    all = loaded.bundleFolders
      .map((folder) => folder.slice(checkout.folder.length + 1, -"/dist".length))
      .sort();
    // Called as the real one, npm run build -w WORKSPACE, with what a test wants to happen meanwhile.
    checkout.fakeProgram(
      "npm",
      `set -e
echo "$4" >> calls
[ ! -e fail ] || exit 1
mkdir -p "$4/dist" apps/prisma/generated
cat "$4"/src/*.ts > "$4/dist/main.cjs"
[ ! -e edit ] || cp edit "$4/src/main.ts"
[ "$4" != apps/prisma ] || cp "$4/prisma/schema.prisma" apps/prisma/generated/client.ts`,
    );
  });
  after(() => {
    checkout.remove();
  });

  /** Builds, and gives the workspaces that were built, not taken as they were. */
  async function built(): Promise<string[]> {
    rmSync(checkout.path("calls"), { force: true });
    await buildBundles();
    return calls();
  }
  const calls = () =>
    existsSync(checkout.path("calls"))
      ? readFileSync(checkout.path("calls"), "utf8").split("\n").filter(Boolean).sort()
      : [];

  it("are made once, and then taken as they are", async () => {
    assert.deepEqual(await built(), all);
    assert.deepEqual(await built(), []);
  });

  for (const [change, file] of [
    ["a source of one app changed, which another may import", "apps/chat/server/src/events.ts"],
    ["the packages changed", "package-lock.json"],
    ["a file was added", "apps/journal/frontend/src/added.ts"],
    ["somebody changed a bundle", "apps/journal/frontend/dist/main.cjs"],
    ["somebody changed what is generated", "apps/prisma/generated/client.ts"],
  ] as const)
    it(`are made again when ${change}`, async () => {
      await built();
      checkout.write(file, "another");
      assert.deepEqual(await built(), all);
      assert.deepEqual(await built(), []);
    });

  for (const product of ["apps/chat/client/dist", "apps/prisma/generated"])
    it(`are made again when somebody has removed ${product}`, async () => {
      await built();
      rmSync(checkout.path(product), { recursive: true });
      assert.deepEqual(await built(), all);
      assert.ok(existsSync(checkout.path(product)));
    });

  it("are made again after a build that failed, though no source changed since the one before", async () => {
    await built();
    const main = "apps/chat/server/src/main.ts";
    const original = readFileSync(checkout.path(main), "utf8");
    checkout.write(main, "broken");
    checkout.write("fail", "");
    await assert.rejects(built());
    rmSync(checkout.path("fail"));
    checkout.write(main, original);
    assert.deepEqual(await built(), all);
  });

  it("are made again when a source was edited while they were made", async () => {
    checkout.write("apps/journal/frontend/src/added.ts", "once more");
    checkout.write("edit", "// edited\n");
    await built();
    rmSync(checkout.path("edit"));
    assert.deepEqual(await built(), all);
    assert.deepEqual(await built(), []);
  });
});
