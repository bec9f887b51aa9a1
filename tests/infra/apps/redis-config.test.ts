import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  launchScript,
  livenessScript,
  maxmemoryFor,
  readinessScript,
  redisConf,
} from "../../../infra/apps/redis-config.js";

const launch = launchScript("redis-0.redis-write.journal.svc");

describe("infra/apps/redis-config", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "redis-config-"));
    for (const folder of ["etc/redis-auth", "run/redis", "data", "bin"])
      mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, "etc/redis-auth/password"), "s3cretpassword");
    program("redis-server", 'echo "server $*"');
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** A stand-in for a program of the image. */
  function program(name: string, body: string): void {
    writeFileSync(join(root, "bin", name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(root, "bin", name), 0o755);
  }

  /** Runs a script as the container does, with its absolute paths below a folder of the test. */
  function run(script: string, pod = "redis-0") {
    const moved = script.replace(/(?<=[\s"<>])\/(etc|run|data)\b/g, `${root}/$1`);
    const env = { PATH: `${root}/bin:/usr/bin:/bin`, POD_NAME: pod };
    return spawnSync("sh", ["-c", moved], { encoding: "utf8", env });
  }

  const written = () => readFileSync(join(root, "run/redis/redis.conf"), "utf8").replaceAll(root, "");

  it("leaves memory for a fork and for the followers' buffers", () => {
    assert.equal(maxmemoryFor("256Mi"), 161061273);
    assert.match(redisConf("1Gi"), /^maxmemory 644245094$/m);
  });

  it("logs every write and throws nothing away", () => {
    for (const line of [
      "appendonly yes",
      "appendfsync everysec",
      "maxmemory-policy noeviction",
      "dir /data",
    ]) {
      assert.ok(redisConf("1Gi").split("\n").includes(line), line);
    }
  });

  it("stops when it is told to, also while it writes its first log", () => {
    assert.ok(redisConf("1Gi").split("\n").includes("shutdown-on-sigterm force"));
  });

  for (const command of ["FLUSHALL", "FLUSHDB", "SWAPDB", "KEYS", "DEBUG", "SHUTDOWN"]) {
    it(`has no ${command}`, () => {
      assert.ok(redisConf("1Gi").split("\n").includes(`rename-command ${command} ""`));
    });
  }

  it("launches pod 0 as the primary", () => {
    const { status, stdout } = run(launch);
    assert.deepEqual([status, stdout.replaceAll(root, "")], [0, "server /run/redis/redis.conf\n"]);
    assert.equal(
      written(),
      "include /etc/redis/redis.conf\nrequirepass s3cretpassword\nmasterauth s3cretpassword\n",
    );
  });

  for (const pod of ["redis-1", "redis-2", "redis-10"]) {
    it(`launches ${pod} as a follower of pod 0`, () => {
      assert.equal(run(launch, pod).status, 0);
      assert.match(written(), /^replicaof redis-0\.redis-write\.journal\.svc 6379$/m);
    });
  }

  it("shows the password in no argument", () => {
    assert.doesNotMatch(run(launch).stdout, /s3cretpassword/);
  });

  it("writes a file that nobody else reads", () => {
    run(launch);
    const { stdout } = spawnSync("stat", ["-c", "%a", join(root, "run/redis/redis.conf")], {
      encoding: "utf8",
    });
    assert.equal(stdout, "600\n");
  });

  for (const password of ["", "with space", 'quo"te', "line\nbreak", "dollar$", "ümlaut"]) {
    it(`refuses the password ${JSON.stringify(password)}, which redis.conf would read as something else`, () => {
      writeFileSync(join(root, "etc/redis-auth/password"), password);
      const { status, stderr } = run(launch);
      assert.equal(status, 1);
      assert.match(stderr, /expected a password of letters and digits in /);
      assert.equal(existsSync(join(root, "run/redis/redis.conf")), false);
    });
  }

  it("is alive while it loads a long log", () => {
    program("redis-cli", "echo LOADING Redis is loading the dataset in memory");
    assert.equal(run(livenessScript()).status, 0);
    program("redis-cli", "exit 1");
    assert.equal(run(livenessScript()).status, 1);
  });

  it("gives redis-cli the password in a variable, which only its own user can read", () => {
    program("redis-cli", `echo "$REDISCLI_AUTH" >${root}/auth; echo "$*" >${root}/arguments`);
    run(livenessScript());
    assert.equal(readFileSync(join(root, "auth"), "utf8"), "s3cretpassword\n");
    assert.equal(readFileSync(join(root, "arguments"), "utf8"), "-p 6379 ping\n");
  });

  const answers = (pong: string, link: string) => {
    program(
      "redis-cli",
      `case "$*" in *ping) echo ${pong};; *) echo role:slave; echo master_link_status:${link};; esac`,
    );
  };

  it("is ready as the primary when it answers, and not while it loads", () => {
    answers("PONG", "down");
    assert.equal(run(readinessScript()).status, 0);
    answers("LOADING", "down");
    assert.equal(run(readinessScript()).status, 1);
  });

  it("is not ready as a follower that has never held a copy, or readers would find nothing", () => {
    answers("PONG", "down");
    assert.equal(run(readinessScript(), "redis-1").status, 1);
  });

  it("is ready as a follower from its first copy on, also when the primary is away again", () => {
    answers("PONG", "up");
    assert.equal(run(readinessScript(), "redis-1").status, 0);
    answers("PONG", "down");
    assert.equal(run(readinessScript(), "redis-1").status, 0);
    answers("LOADING", "up");
    assert.equal(run(readinessScript(), "redis-1").status, 1);
  });
});
