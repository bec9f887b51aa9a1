import assert from "node:assert/strict";
import { startProgram, withTakenPort } from "../start-program.js";
import { VARIABLES } from "./service.js";

const start = (env: Record<string, string>) => startProgram("apps/prisma/src/main.ts", env);

describe("apps/prisma, a start that fails", () => {
  it("tells in one line of the log, like all that it tells, everything that is wrong, and no secret", async () => {
    const { status, lines } = await start({
      PRISMA_CONFIG: "managementApiSecret: hunter2\ndatabases: { default: { connector: mongo } }",
      DRAIN_DELAY_SEC: "soon",
      LOG_LEVEL: "silent",
    });
    assert.deepEqual([status, lines.map(({ level }) => level)], [1, [60]]);
    const [{ msg } = { msg: "" }] = lines;
    assert.match(msg, /DRAIN_DELAY_SEC: expected a whole number from 0 to 300/);
    assert.match(msg, /managementApiSecret: expected at least 16 characters/);
    assert.match(msg, /databases\.default\.password: /);
    assert.doesNotMatch(JSON.stringify(lines), /hunter2/);
  });

  it("tells in the same way of a port that is taken", async () => {
    await withTakenPort(async (port) => {
      const PRISMA_CONFIG = VARIABLES.PRISMA_CONFIG.replace("port: 4466", `port: ${port}`);
      const { status, lines } = await start({ ...VARIABLES, PRISMA_CONFIG });
      assert.equal(status, 1);
      assert.match(lines.at(-1)?.msg ?? "", new RegExp(`EADDRINUSE.*:${port}$`));
      assert.deepEqual(
        lines.map(({ level }) => level).filter((level) => level === 60),
        [60],
      );
    });
  });
});
