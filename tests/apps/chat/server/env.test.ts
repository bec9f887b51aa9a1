import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnv, readSecret } from "../../../../apps/chat/server/src/env.js";
import { reconnectDelay } from "../../../../apps/chat/server/src/redis-connection.js";

const REQUIRED = {
  CHAT_ORIGINS: "https://chat.example.org",
  MONGO_URI_FILE: "/etc/mongo/uri",
  REDIS_SENTINELS: "redis-0.redis:26379,redis-1.redis:26379",
};

describe("apps/chat/server env", () => {
  it("needs the page's origin, MongoDB's URI and Redis only, and defaults to the rest", () => {
    assert.deepEqual(readEnv(REQUIRED), {
      PORT: 8080,
      CHAT_ORIGINS: ["https://chat.example.org"],
      MONGO_URI_FILE: "/etc/mongo/uri",
      REDIS_PORT: 6379,
      REDIS_SENTINELS: [
        { host: "redis-0.redis", port: 26379 },
        { host: "redis-1.redis", port: 26379 },
      ],
      REDIS_PRIMARY_NAME: "chat",
      CHAT_REQUESTS_PER_SEC: 10,
      CHAT_MAX_CONNECTIONS: 10_000,
      LOG_LEVEL: "info",
      DRAIN_DELAY_SEC: 5,
      DRAIN_SPREAD_SEC: 10,
    });
  });

  it("takes every variable, and no other", () => {
    const given = {
      PORT: "80",
      CHAT_ORIGINS: "https://chat.localhost:8443,http://chat.localhost:8080",
      REDIS_HOST: "redis",
      REDIS_PORT: "6380",
      REDIS_PRIMARY_NAME: "main",
      REDIS_USERNAME: "chat",
      REDIS_PASSWORD_FILE: "/etc/redis/password",
      CHAT_REQUESTS_PER_SEC: "50",
      CHAT_MAX_CONNECTIONS: "500",
      LOG_LEVEL: "debug",
      DRAIN_DELAY_SEC: "0",
      DRAIN_SPREAD_SEC: "30",
    };
    const { CHAT_ORIGINS, MONGO_URI_FILE } = REQUIRED;
    const required = { CHAT_ORIGINS, MONGO_URI_FILE };

    assert.deepEqual(readEnv({ ...required, ...given, HOME: "/" }), {
      ...required,
      ...given,
      PORT: 80,
      CHAT_ORIGINS: ["https://chat.localhost:8443", "http://chat.localhost:8080"],
      REDIS_PORT: 6380,
      CHAT_REQUESTS_PER_SEC: 50,
      CHAT_MAX_CONNECTIONS: 500,
      DRAIN_DELAY_SEC: 0,
      DRAIN_SPREAD_SEC: 30,
    });
  });

  it("names every problem at once, with the value and what is allowed", () => {
    assert.throws(() => readEnv({ CHAT_ORIGINS: "*", PORT: "tcp://10.0.0.1:80", DRAIN_SPREAD_SEC: "301" }), {
      message: [
        "5 problem(s) in the environment:",
        '  - PORT: expected a whole number from 1 to 65535, got "tcp://10.0.0.1:80"',
        '  - CHAT_ORIGINS: expected origins such as "https://chat.example.org", with commas between several, got "*"',
        "  - MONGO_URI_FILE: missing",
        '  - DRAIN_SPREAD_SEC: expected a whole number from 0 to 300, got "301"',
        "  - REDIS_SENTINELS: missing, and REDIS_HOST too",
      ].join("\n"),
    });
  });

  for (const value of [
    "https://a.b/",
    "https://a.b/x",
    "a.b",
    "https://a.b https://c.d",
    "HTTPS://a.b",
    "",
  ]) {
    it(`refuses CHAT_ORIGINS ${JSON.stringify(value)}`, () => {
      assert.throws(() => readEnv({ ...REQUIRED, CHAT_ORIGINS: value }), /1 problem\(s\).*\n.*CHAT_ORIGINS/);
    });
  }

  for (const value of ["redis-0", "redis-0:", ":26379", "a:1,,b:2", "a:1, b:2"]) {
    it(`refuses REDIS_SENTINELS ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => readEnv({ ...REQUIRED, REDIS_SENTINELS: value }),
        /1 problem\(s\).*\n.*REDIS_SENTINELS/,
      );
    });
  }
});

describe("apps/chat/server secrets", () => {
  const folder = mkdtempSync(join(tmpdir(), "secret-"));
  const file = join(folder, "uri");
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("are the file's content without the line end, and must not be empty", () => {
    writeFileSync(file, "mongodb://a/b\n");
    assert.equal(readSecret("MONGO_URI_FILE", file), "mongodb://a/b");

    writeFileSync(file, "\n");
    assert.throws(() => readSecret("MONGO_URI_FILE", file), /^Error: MONGO_URI_FILE: ".*" is empty$/);
    assert.throws(() => readSecret("MONGO_URI_FILE", join(folder, "nope")), /ENOENT/);
  });
});

describe("apps/chat/server reconnect delay", () => {
  it("doubles up to half a second, and spreads over the upper half", () => {
    assert.deepEqual(
      [1, 2, 3, 7, 100].map((attempt) => reconnectDelay(attempt, () => 1)),
      [50, 100, 200, 500, 500],
    );
    assert.deepEqual(
      [1, 100].map((attempt) => reconnectDelay(attempt, () => 0)),
      [25, 250],
    );
  });
});
