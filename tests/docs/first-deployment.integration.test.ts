import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { commands, read } from "./runbooks.js";

describe("docs/runbooks", () => {
  it("leave the apps out of the first deployment and put them back, to the letter", async () => {
    const [out = "", back = ""] = commands.filter((command) => command.startsWith("sed "));
    const scratch = mkdtempSync(join(tmpdir(), "slipway-runbook-"));
    try {
      const file = join(scratch, "Pulumi.dev.yaml");
      const before = read("Pulumi.dev.yaml");
      writeFileSync(file, before);
      await execa("sh", ["-c", out], { cwd: scratch });
      const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, any> };
      assert.deepEqual(
        Object.keys(config).filter((key) => config[key].cluster !== undefined),
        [],
      );
      assert.ok("slipway:gcp" in config && "slipway:aws" in config);
      await execa("sh", ["-c", back], { cwd: scratch });
      assert.equal(readFileSync(file, "utf8"), before);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});
