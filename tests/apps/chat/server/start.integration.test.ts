import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram, withTakenPort } from "../../start-program.js";

const start = (env: Record<string, string>) => startProgram("apps/chat/server/src/main.ts", env);

describe("apps/chat/server, a start that fails", () => {
  it("tells in one line of the log, like all that it tells, everything that is wrong", async () => {
    const { status, lines } = await start({ CHAT_ORIGINS: "*", REDIS_PORT: "x", LOG_LEVEL: "silent" });
    assert.deepEqual([status, lines.map(({ level }) => level)], [1, [60]]);
    const [{ msg } = { msg: "" }] = lines;
    assert.match(msg, /^4 problem\(s\) in the environment:/);
    for (const problem of [
      /CHAT_ORIGINS: expected origins .*, got "\*"/,
      /MONGO_URI_FILE: missing/,
      /REDIS_PORT: expected a whole number from 1 to 65535, got "x"/,
      /REDIS_SENTINELS: missing, and REDIS_HOST too/,
    ])
      assert.match(msg, problem);
  });

  it("tells in the same way of a port that is taken", async () => {
    const folder = mkdtempSync(join(tmpdir(), "chat-server-"));
    const MONGO_URI_FILE = join(folder, "uri");
    writeFileSync(MONGO_URI_FILE, "mongodb://127.0.0.1:1/chat");
    const env = { CHAT_ORIGINS: "https://chat.example.org", MONGO_URI_FILE, REDIS_HOST: "127.0.0.1" };
    try {
      await withTakenPort(async (port) => {
        const { status, lines } = await start({ ...env, REDIS_PORT: "1", PORT: String(port) });
        assert.equal(status, 1);
        assert.match(lines.at(-1)?.msg ?? "", new RegExp(`EADDRINUSE.*:${port}$`));
        assert.deepEqual(
          lines.map(({ level }) => level).filter((level) => level === 60),
          [60],
        );
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
