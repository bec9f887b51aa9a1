import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaksIn, leaksInCluster, linesBelow, secretTexts } from "../../../rehearsal/checks/secrets.js";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

describe("rehearsal/checks/secrets", () => {
  it("collects every text of every secret of a state, at any depth, and nothing that is in clear", () => {
    const exported = {
      deployment: {
        resources: [
          { inputs: { password: secret("hunter2hunter2"), name: "in the clear" } },
          {
            outputs: {
              data: { nested: [secret({ a: "first0first0", b: ["second0second0"] })] },
              short: secret("1"),
            },
          },
        ],
      },
    };
    assert.deepEqual(secretTexts(exported), ["hunter2hunter2", "first0first0", "second0second0"]);
  });

  it("finds a secret as it is, in JSON, in base64 and in a URL, and does not tell it", () => {
    const value = 'pa"ss/w0rd+one';
    const texts = {
      plain: `password: ${value}`,
      json: JSON.stringify({ value }),
      base64: Buffer.from(value).toString("base64"),
      url: `https://user:${encodeURIComponent(value)}@host`,
      innocent: "nothing here",
    };
    const leaks = leaksIn([value], texts);
    assert.deepEqual(leaks, [
      "plain: 1 secret(s) in clear",
      "json: 1 secret(s) in clear",
      "base64: 1 secret(s) in clear",
      "url: 1 secret(s) in clear",
    ]);
    assert.ok(!leaks.join("").includes(value));
  });

  it("reads every file of a backend, the history of a run long ago too, and each line once", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-backend-"));
    try {
      const files = {
        ".pulumi/stacks/slipway/dev.json": "{\n  state\n}",
        ".pulumi/history/slipway/dev/dev-1.history.json": "{\n  hunter2hunter2\n}",
        ".pulumi/history/slipway/dev/dev-1.checkpoint.json": "{\n  state\n}",
      };
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(join(folder, name, ".."), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
      const lines = linesBelow(folder);
      assert.deepEqual(lines.split("\n").sort(), ["  hunter2hunter2", "  state", "{", "}"]);
      assert.equal(leaksIn(["hunter2hunter2"], { lines }).length, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("allows a Secret to hold one, and no other object", () => {
    const data = { password: "hunter2hunter2" };
    const object = (kind: string) => ({
      apiVersion: "v1",
      kind,
      metadata: { name: "a", namespace: "b" },
      data,
    });
    assert.deepEqual(leaksInCluster([data.password], [object("Secret"), object("ConfigMap")]), [
      "ConfigMap b/a: 1 secret(s) in clear",
    ]);
  });
});
