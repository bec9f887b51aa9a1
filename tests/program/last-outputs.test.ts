import assert from "node:assert/strict";
import { readLastOutputs } from "../../infra/last-outputs.js";
import { record } from "../support/program.js";
import { stackConfig } from "../support/stacks.js";

let runs = 0;

/** The program as the engine starts it, after a last update that put that out. */
function start(lastOutputs: object, passwordVersion: number, preview = false) {
  const config = stackConfig("dev");
  const block = { ...config["slipway:prisma"], passwordVersion };
  return record(() => import(`../../infra/index.ts?last-outputs=${++runs}`), {
    ...{ stack: "dev", preview, lastOutputs: { ...lastOutputs } },
    config: { ...config, "slipway:prisma": block },
  });
}

describe("the program after the stack's last update", () => {
  it("asks for the outputs of its own stack, and takes those that it has to know", async () => {
    const outputsAfter = async (lastOutputs: Record<string, unknown>) => {
      let read: unknown;
      await record(async () => (read = await readLastOutputs()), { stack: "prod", lastOutputs });
      return read;
    };
    const last = { urls: { prisma: "https://prisma.example.com" }, passwordVersions: { prisma: 3 } };
    assert.deepEqual(await outputsAfter(last), { passwordVersions: { prisma: 3 } });
    assert.deepEqual(await outputsAfter({}), { passwordVersions: {} });
  });

  it("starts with any version of a password when there was none", async () => {
    assert.ok((await start({}, 5)).length > 0);
  });

  it("goes on with the same version, and with the next one", async () => {
    for (const version of [2, 3])
      assert.ok((await start({ passwordVersions: { prisma: 2 } }, version)).length > 0);
  });

  it("is refused with a version before it, or after the next one, in a preview too", async () => {
    for (const preview of [false, true])
      for (const version of [1, 4])
        await assert.rejects(
          start({ passwordVersions: { prisma: 2 } }, version, preview),
          new RegExp(
            `^Error: Stack "dev" has 1 configuration problem\\(s\\):\\n  - slipway:prisma.passwordVersion: expected 2, .*got ${version}, [^\\n]*$`,
          ),
        );
  });
});
