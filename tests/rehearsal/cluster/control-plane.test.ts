import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorityIn } from "../../../rehearsal/cluster/control-plane.js";

const certificate = (of: string) => `-----BEGIN CERTIFICATE-----\n${of}\n-----END CERTIFICATE-----\n`;

describe("the certificates that an API server makes for itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-certificates-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("have the authority's after its own", () => {
    const file = join(folder, "apiserver.crt");
    writeFileSync(file, certificate("c2VydmVy") + certificate("YXV0aG9yaXR5"));
    assert.equal(authorityIn(file), certificate("YXV0aG9yaXR5"));
  });

  it("are waited for until all of them is there", () => {
    assert.equal(authorityIn(join(folder, "none.crt")), "");
    const whole = certificate("c2VydmVy") + certificate("YXV0aG9yaXR5");
    for (const length of [0, 10, certificate("c2VydmVy").length, whole.length - 1]) {
      const file = join(folder, `${length}.crt`);
      writeFileSync(file, whole.slice(0, length));
      assert.equal(authorityIn(file), "", `${length} characters of it`);
    }
  });
});
