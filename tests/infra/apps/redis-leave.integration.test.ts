import assert from "node:assert/strict";
import { PodFolder, REDIS, SENTINEL, hostOf } from "./redis-pod-folder.js";

/** What a server is told before anything else: followers must not get more from it, or differ in what they have. */
const STOPPED = [":6379 client pause 10000 write", ":6379 config set repl-ping-replica-period 3600"];

describe("infra/apps/redis/leave.sh", () => {
  let folder: PodFolder;

  beforeEach(() => {
    folder = new PodFolder(0);
  });

  afterEach(() => {
    folder.remove();
  });

  const commands = () =>
    folder
      .read("asked")
      .split("\n")
      .map((line) => line.slice(line.indexOf(":")))
      .filter((line) => /client|failover|config/.test(line));

  it("promotes nobody for a follower, which goes on as it was", () => {
    primary(700);
    folder.server(0, "slave", 3);
    assert.equal(folder.run("leave.sh").status, 0);
    assert.deepEqual(commands(), [...STOPPED, ":6379 client unpause"]);
  });

  /** A primary with 700 bytes of writes, and its follower with so many of them. */
  function primary(offset: number | string, link = "up"): void {
    // What the primary has heard of its follower is up to a second old.
    const follower = `slave0:ip=${hostOf(1)},port=6379,state=online,offset=600,lag=1`;
    folder.server(0, "master", 3, [follower, "master_repl_offset:700"]);
    folder.server(1, "slave", 3, [
      `master_link_status:${link}`,
      `slave_repl_offset:${offset}`,
      "slave_priority:100",
    ]);
    folder.answer(0, REDIS, "client pause 10000 write", "OK\n");
    folder.answer(0, REDIS, "config set repl-ping-replica-period 3600", "OK\n");
    folder.answer(0, REDIS, "client unpause", "OK\n");
    folder.answer(1, SENTINEL, "sentinel failover journal", "OK\n");
    folder.sentinel(1, 1);
  }

  it("stops the writes of a primary before another is promoted, and goes when it is", () => {
    primary(700);
    const { status, stdout } = folder.run("leave.sh");
    assert.deepEqual([status, stdout], [0, "handed the primary's role over\n"]);
    assert.deepEqual(commands(), [...STOPPED, ":26379 sentinel failover journal"]);
  });

  it("waits for an election that is under way already, and asks for no second one beside it", () => {
    primary(700);
    folder.answer(1, SENTINEL, "sentinel failover journal", "INPROG Failover already in progress\n");
    folder.answer(2, SENTINEL, "sentinel failover journal", "OK\n");
    assert.equal(folder.run("leave.sh").stdout, "handed the primary's role over\n");
    assert.deepEqual(commands(), [...STOPPED, ":26379 sentinel failover journal"]);
  });

  const incomplete: [string, number | string, string][] = [
    ["no follower has everything", 699, "up"],
    ["the only follower that has everything has lost the primary", 700, "down"],
    ["a follower does not tell what it has", "", "up"],
  ];
  for (const [what, offset, link] of incomplete) {
    it(`goes on writing when ${what}`, () => {
      primary(offset, link);
      folder.program("sleep", "exit 0");
      const { status, stdout } = folder.run("leave.sh");
      assert.deepEqual([status, stdout], [0, "nobody took the primary's role over\n"]);
      assert.deepEqual(commands(), [...STOPPED, ":6379 client unpause"]);
    });
  }
});

describe("infra/apps/redis/ready.sh", () => {
  let folder: PodFolder;

  beforeEach(() => {
    folder = new PodFolder(1);
  });

  afterEach(() => {
    folder.remove();
  });

  const up = (seconds: number) => {
    folder.answer(1, REDIS, "info server", `uptime_in_seconds:${seconds}\r\n`);
  };
  const ready = () => folder.run("ready.sh").status === 0;

  it("says yes for the primary, and no while it loads", () => {
    folder.server(1, "master", 3);
    assert.equal(ready(), true);
    folder.answer(1, REDIS, "ping", "LOADING\n");
    assert.equal(ready(), false);
  });

  it("says no for a follower that has never held a copy, or readers would find nothing", () => {
    folder.server(1, "slave", 0, ["master_link_status:down"]);
    up(600);
    assert.equal(ready(), false);
  });

  it("says yes for a follower that holds a copy, also when the primary is away again", () => {
    folder.server(1, "slave", 3, ["master_link_status:up"]);
    up(5);
    assert.equal(ready(), true);
    folder.server(1, "slave", 3, ["master_link_status:down"]);
    up(600);
    assert.equal(ready(), true);
  });

  it("gives a follower that has just started the time to find the primary", () => {
    folder.write("data/synced", "");
    folder.server(1, "slave", 3, ["master_link_status:down"]);
    up(5);
    assert.equal(ready(), false);
    up(20);
    assert.equal(ready(), true);
  });
});
