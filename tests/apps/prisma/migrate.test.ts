import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { onceReachable } from "../../../apps/prisma/src/database.js";

const program = join(import.meta.dirname, "../../../apps/prisma/src/main.ts");
const away = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:3306"), { code: "ECONNREFUSED" });

describe("apps/prisma migrate", () => {
  it("waits for a database that is away, and says so each time", async () => {
    let tries = 0;
    const said: string[] = [];
    const result = await onceReachable(
      () => (++tries < 3 ? Promise.reject(away) : Promise.resolve("migrated")),
      ({ message }) => said.push(message),
      1,
    );
    assert.equal(result, "migrated");
    assert.deepEqual(said, [away.message, away.message]);
  });

  it("fails at once when the database is there and says no", async () => {
    const refused = new Error("Access denied for user");
    const said: string[] = [];
    await assert.rejects(
      onceReachable(
        () => Promise.reject(refused),
        ({ message }) => said.push(message),
      ),
      refused,
    );
    assert.deepEqual(said, []);
  });

  it("is the only command: another one ends the program before it looks for a database", () => {
    const run = (...args: string[]) => {
      const { status, stderr } = spawnSync(
        process.execPath,
        ["--import", "slipway/typescript", program, ...args],
        {
          encoding: "utf8",
          env: {
            ...process.env,
            PRISMA_CONFIG:
              "databases: { default: { connector: mysql, host: 127.0.0.1, port: 1, user: u, password: p } }",
            PRISMA_MIGRATIONS: join(import.meta.dirname, "../../../apps/prisma/prisma/migrations"),
          },
        },
      );
      return [status, stderr.trim().split("\n").at(-1)];
    };
    assert.deepEqual(run("migrat"), [1, 'expected no argument, or "migrate", got "migrat"']);
    assert.deepEqual(run("migrate", "now"), [1, 'expected no argument, or "migrate", got "migrate now"']);
  });
});
