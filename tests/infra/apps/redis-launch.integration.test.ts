import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PodFolder, REDIS, SENTINEL, hostOf } from "./redis-pod-folder.js";

const following = (pod: number) => `replicaof ${hostOf(pod)} 6379`;
const promotable = ["slave_priority:100"];
const behind = ["slave_priority:0"];

describe("infra/apps/redis/launch.sh", () => {
  let folder: PodFolder;
  const pod = (number: number) => (folder = new PodFolder(number));
  afterEach(() => {
    folder.remove();
  });

  /** The configuration that the server was started with, without what it includes. */
  function launched(): string[] {
    const { status, stdout, stderr } = folder.run("launch.sh");
    assert.deepEqual([status, stdout], [0, "server /run/redis.conf\n"], stderr);
    return folder.read("run/redis.conf").trim().split("\n");
  }
  const leads = (lines: string[]) => !lines.some((line) => line.startsWith("replicaof"));

  /** Whether it has not come to a server within a minute. */
  function waits(): boolean {
    const { status } = folder.run("launch.sh");
    assert.equal(folder.has("run/waiting"), true);
    return status === null && !folder.has("run/redis.conf");
  }

  it("follows the primary that the Sentinels name", () => {
    pod(0);
    for (const number of [1, 2]) folder.sentinel(number, 2);
    assert.ok(launched().includes(following(2)));
  });

  it("believes the Sentinel that has heard the latest", () => {
    pod(0);
    folder.sentinel(0, 0, 5);
    folder.sentinel(1, 1, 5);
    folder.sentinel(2, 2, 6);
    assert.ok(launched().includes(following(2)));
  });

  it("does not believe one Sentinel alone", () => {
    pod(0);
    folder.write("data/primary", `5 ${hostOf(2)}`);
    folder.sentinel(2, 2);
    assert.equal(waits(), true);
  });

  it("does not believe a Sentinel that is just making another the primary", () => {
    pod(1);
    folder.write("data/primary", `5 ${hostOf(2)}`);
    folder.sentinel(0, 2);
    folder.sentinel(2, 2);
    folder.answer(
      2,
      SENTINEL,
      "sentinel master journal",
      `ip\n${hostOf(2)}\nflags\nmaster,failover_in_progress\nconfig-epoch\n9\n`,
    );
    assert.equal(waits(), true);
  });

  describe("as the one that the Sentinels call the primary, though it was away", () => {
    beforeEach(() => {
      pod(0);
      for (const number of [1, 2]) folder.sentinel(number, 0);
      folder.write("data/primary", `5 ${hostOf(0)}`);
      mkdirSync(join(folder.root, "data/appendonlydir"));
    });

    it("waits until they have promoted a follower that never stopped, and follows it", () => {
      for (const number of [1, 2]) {
        folder.server(number, "slave", 7, promotable);
        folder.sentinel(number, 2, 6, 2);
      }
      assert.ok(launched().includes(following(2)));
    });

    it("leads with the data that it has when every other has restarted too", () => {
      for (const number of [1, 2]) folder.server(number, "slave", 7, behind);
      assert.equal(leads(launched()), true);
    });

    it("knows itself by the longer name that an earlier version called it, and does not follow itself", () => {
      const master = `ip\n${hostOf(0)}.journal.svc\nflags\nmaster\nconfig-epoch\n5\n`;
      for (const number of [1, 2]) {
        folder.answer(number, SENTINEL, "sentinel master journal", master);
        folder.server(number, "slave", 7, behind);
      }
      assert.equal(leads(launched()), true);
    });

    it("gives another that does not answer a quarter of a minute, and then leads", () => {
      folder.server(1, "slave", 7, behind);
      assert.equal(leads(launched()), true);
      assert.ok(Number(folder.read("now")) >= 1030, folder.read("now"));
    });

    it("leads after half a minute in which nobody was promoted", () => {
      for (const number of [1, 2]) folder.server(number, "slave", 7, promotable);
      assert.equal(leads(launched()), true);
      assert.ok(Number(folder.read("now")) >= 1040, folder.read("now"));
    });
  });

  describe("with an empty disk, as the one that the Sentinels call the primary", () => {
    beforeEach(() => {
      pod(0);
      for (const number of [1, 2]) folder.sentinel(number, 0);
      // Its Sentinel has heard from the others.
      folder.write("data/primary", `5 ${hostOf(0)}`);
    });

    it("never leads where another holds keys", () => {
      folder.server(1, "slave", 0, behind);
      folder.server(2, "slave", 1, behind);
      assert.equal(waits(), true);
    });

    it("never leads where another does not answer, which may hold keys", () => {
      folder.server(1, "slave", 0, behind);
      assert.equal(waits(), true);
    });

    it("is the first primary where nobody holds anything", () => {
      for (const number of [1, 2]) folder.server(number, "slave", 0, behind);
      assert.equal(leads(launched()), true);
    });
  });

  it("follows pod 0 where there has never been a Sentinel that knew another", () => {
    pod(2);
    assert.ok(launched().includes(following(0)));
    assert.ok(Number(folder.read("now")) >= 1020, folder.read("now"));
  });

  it("waits for the Sentinels where it has known a primary before", () => {
    pod(2);
    folder.write("data/primary", `5 ${hostOf(1)}`);
    assert.equal(waits(), true);
  });

  it("announces its name, lets nobody in without one, and signs in at the primary as its replica", () => {
    pod(1);
    for (const number of [0, 2]) folder.sentinel(number, 0);
    const lines = launched();
    for (const line of [
      "include /config/redis.conf",
      `replica-announce-ip ${hostOf(1)}`,
      // Not less: with fewer rights Redis leaves out of its log, when it reads it, what a script has written.
      "user default off ~* &* +@all",
      "masteruser replica",
      "masterauth InternalPassword1",
    ])
      assert.ok(lines.includes(line), `${line} in\n${lines.join("\n")}`);
    const users = lines.filter((line) => / on >/.test(line)).map((line) => line.split(" ").slice(1, 4));
    assert.deepEqual(users, [
      ["app", "on", ">ClientPassword1"],
      ["replica", "on", ">InternalPassword1"],
      ["sentinel", "on", ">InternalPassword1"],
      ["keeper", "on", ">InternalPassword1"],
      ["metrics", "on", ">MetricsPassword1"],
      ["backup", "on", ">InternalPassword1"],
    ]);
  });

  it("writes a file that nobody else reads, and shows a password in no argument", () => {
    pod(1);
    for (const number of [0, 2]) folder.sentinel(number, 0);
    launched();
    const file = join(folder.root, "run/redis.conf");
    assert.equal(spawnSync("stat", ["-c", "%a", file], { encoding: "utf8" }).stdout, "600\n");
    assert.doesNotMatch(folder.read("asked"), /Password/);
    assert.equal(folder.read("authenticated"), "InternalPassword1\n");
  });

  for (const password of ["", "with space", 'quo"te', "line\nbreak", "dollar$", "ümlaut"]) {
    it(`refuses the password ${JSON.stringify(password)}, which redis.conf would read as something else`, () => {
      pod(1);
      folder.write("auth/password", password);
      const { status, stderr } = folder.run("launch.sh");
      assert.equal(status, 1);
      assert.match(stderr, /expected a password of letters and digits in \/auth\/password/);
      assert.equal(folder.has("run/redis.conf"), false);
    });
  }

  it("says when it is no pod of this Redis", () => {
    folder = new PodFolder(7);
    const { status, stderr } = folder.run("launch.sh");
    assert.equal(status, 1);
    assert.match(stderr, /expected one of REDIS_HOSTS to be the pod redis-7, got redis-0\./);
  });

  it("is alive while it waits, and its server while it loads a long log", () => {
    pod(0);
    assert.equal(folder.run("live.sh", [String(REDIS)]).status, 1);
    folder.write("run/waiting", "");
    assert.equal(folder.run("live.sh", [String(REDIS)]).status, 0);
    assert.equal(folder.run("live.sh", [String(SENTINEL)]).status, 1);
    folder.answer(0, SENTINEL, "ping", "LOADING Redis is loading the dataset in memory\n");
    assert.equal(folder.run("live.sh", [String(SENTINEL)]).status, 0);
  });
});
