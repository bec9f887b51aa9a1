import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { addonFiles, addonManifests } from "../../machine/addons.js";
import type * as Addons from "../../machine/addons.js";
import { Checkout } from "../support/checkout.js";
import { built, files } from "./addon-parts.js";

describe("machine/addons, when they are applied", () => {
  let checkout: Checkout;
  let applyAddons: typeof Addons.applyAddons;
  before(async () => {
    checkout = new Checkout();
    ({ applyAddons } = await checkout.load<typeof Addons>("machine/addons"));
    for (const file of addonFiles) checkout.write(`.local/pki/${file}`, files[file]);
    checkout.write(".local/hosts/control-plane/any", "");
  });
  after(() => {
    checkout.remove();
  });

  /** Applies them; gives what kubectl was asked to do. */
  async function asked(): Promise<string[]> {
    const file = checkout.path("asked");
    rmSync(file, { force: true });
    checkout.fakeProgram("kubectl", `echo "$3" >> '${file}'\ncat > '${checkout.path("applied")}'`);
    await applyAddons(built.map((image) => ({ ...image, tag: "", archive: "", internal: false })));
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  it("applies the manifests", async () => {
    assert.deepEqual(await asked(), ["apply"]);
    assert.equal(readFileSync(checkout.path("applied"), "utf8"), addonManifests(built, files));
  });

  it("asks nothing of the cluster when it applied the same the last time", async () => {
    assert.deepEqual(await asked(), []);
  });

  it("applies them again when a certificate was renewed", async () => {
    checkout.write(".local/pki/metrics-server.crt", "renewed");
    assert.deepEqual(await asked(), ["apply"]);
  });
});
