import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnv, readPassword } from "../../../../apps/journal/frontend/src/env.js";
import { reconnectDelay } from "../../../../apps/journal/frontend/src/reconnect-delay.js";

const REQUIRED = { REDIS_HOST: "redis" };

describe("apps/journal/frontend env", () => {
  it("needs the host of Redis only, and defaults to the rest", () => {
    assert.deepEqual(readEnv(REQUIRED), {
      PORT: 8080,
      REDIS_HOST: "redis",
      REDIS_PORT: 6379,
      REDIS_PRIMARY_NAME: "journal",
      REDIS_ACKNOWLEDGING_REPLICAS: 0,
      JOURNAL_ENTRIES: 10,
      LOG_LEVEL: "info",
      DRAIN_DELAY_SEC: 5,
    });
  });

  it("takes every variable, and no other", () => {
    const given = {
      PORT: "80",
      REDIS_PORT: "6380",
      REDIS_SENTINELS: "redis-0.redis-write:26379,10.0.0.7:26380",
      REDIS_PRIMARY_NAME: "main",
      REDIS_ACKNOWLEDGING_REPLICAS: "2",
      REDIS_USERNAME: "app",
      REDIS_PASSWORD_FILE: "/etc/redis-password/password",
      JOURNAL_ENTRIES: "25",
      LOG_LEVEL: "debug",
      DRAIN_DELAY_SEC: "0",
    };

    assert.deepEqual(readEnv({ ...REQUIRED, ...given, HOME: "/" }), {
      ...REQUIRED,
      ...given,
      PORT: 80,
      REDIS_PORT: 6380,
      REDIS_SENTINELS: [
        { host: "redis-0.redis-write", port: 26379 },
        { host: "10.0.0.7", port: 26380 },
      ],
      REDIS_ACKNOWLEDGING_REPLICAS: 2,
      JOURNAL_ENTRIES: 25,
      DRAIN_DELAY_SEC: 0,
    });
  });

  it("names every problem at once, with the value and what is allowed", () => {
    const given = {
      REDIS_HOST: "",
      REDIS_SENTINELS: "redis-0,redis-1",
      PORT: "tcp://10.0.0.1:6379",
      JOURNAL_ENTRIES: "3abc",
      DRAIN_DELAY_SEC: "301",
    };

    assert.throws(() => readEnv({ ...given, LOG_LEVEL: "loud" }), {
      message: [
        "6 problem(s) in the environment:",
        '  - PORT: expected a whole number from 1 to 65535, got "tcp://10.0.0.1:6379"',
        '  - REDIS_HOST: expected a host name, got ""',
        '  - REDIS_SENTINELS: expected "host:port", with commas between several, got "redis-0,redis-1"',
        '  - JOURNAL_ENTRIES: expected a whole number from 1 to 1000, got "3abc"',
        '  - LOG_LEVEL: Invalid option: expected one of "fatal"|"error"|"warn"|"info"|"debug"|"trace"|"silent", got "loud"',
        '  - DRAIN_DELAY_SEC: expected a whole number from 0 to 300, got "301"',
      ].join("\n"),
    });
  });

  for (const value of ["0", "-1", "1.5", "0x10", "", " 10", "1001", "1e2"]) {
    it(`refuses JOURNAL_ENTRIES ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => readEnv({ ...REQUIRED, JOURNAL_ENTRIES: value }),
        /1 problem\(s\).*\n.*JOURNAL_ENTRIES/,
      );
    });
  }
});

describe("apps/journal/frontend Redis password", () => {
  const folder = mkdtempSync(join(tmpdir(), "password-"));
  const file = join(folder, "password");
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is the file's content without the line end", () => {
    writeFileSync(file, " p4ss word\n");

    assert.equal(readPassword(file), " p4ss word");
  });

  it("is none without a file", () => {
    assert.equal(readPassword(undefined), undefined);
  });

  it("is an error when the file is empty or missing", () => {
    writeFileSync(file, "\n");

    assert.throws(() => readPassword(file), /REDIS_PASSWORD_FILE: ".*" is empty/);
    assert.throws(() => readPassword(join(folder, "nope")), /ENOENT/);
  });
});

describe("apps/journal/frontend reconnect delay", () => {
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
