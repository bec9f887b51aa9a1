import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PodFolder, REDIS, SENTINEL, hostOf } from "./redis-pod-folder.js";

const monitors = (pod: number) => `sentinel monitor journal ${hostOf(pod)} 6379 2`;

describe("infra/apps/redis/sentinel.sh", () => {
  let folder: PodFolder;

  beforeEach(() => {
    folder = new PodFolder(1);
    mkdirSync(join(folder.root, "started"));
    folder.program(
      "redis-sentinel",
      `cp "$1" "${folder.root}/started/$(ls "${folder.root}/started" | wc -l)"\nexec /bin/sleep 60`,
    );
  });

  afterEach(() => {
    folder.remove();
  });

  /** Runs it for a while; gives the configuration of the first or a later start of the Sentinel. */
  function configuration(start = 0): string[] {
    const { status, stderr } = folder.run("sentinel.sh");
    assert.equal(status, 0, stderr);
    return folder.read(`started/${start}`).trim().split("\n");
  }
  const questions = () => folder.read("asked").split("\n");

  it("makes pod 0 the first primary when all Sentinels are there and none knows one", () => {
    for (const pod of [0, 1, 2]) folder.sentinel(pod, -1);
    assert.ok(configuration(1).includes(monitors(0)));
  });

  it("makes nobody the primary while a Sentinel is missing, which may know it", () => {
    for (const pod of [0, 1]) folder.sentinel(pod, -1);
    assert.doesNotMatch(configuration().join("\n"), /monitor/);
    assert.equal(folder.has("started/1"), false);
  });

  it("makes nobody the primary while a Sentinel gives no answer to the question, though it is there", () => {
    for (const pod of [0, 1]) folder.sentinel(pod, -1);
    folder.answer(2, SENTINEL, "sentinel master journal", "ERR it is busy\n");
    assert.doesNotMatch(configuration().join("\n"), /monitor/);
    assert.equal(folder.has("started/1"), false);
  });

  it("learns the primary from the others when its disk is empty", () => {
    folder.sentinel(2, 2, 9);
    assert.ok(configuration().includes(monitors(2)));
  });

  it("goes by what it knew when nobody else is there", () => {
    folder.write("data/primary", `7 ${hostOf(2)}\n`);
    const lines = configuration();
    assert.ok(lines.includes(monitors(2)));
    assert.ok(lines.includes("sentinel config-epoch journal 7"));
  });

  it("knows a pod by the longer name that an earlier version wrote on the disk, and keeps its own", () => {
    folder.write("data/primary", `7 ${hostOf(1)}.journal.svc\n`);
    folder.sentinel(1, 1, 7);
    const lines = configuration();
    assert.ok(lines.includes(monitors(1)));
    assert.doesNotMatch(lines.join("\n"), /journal\.svc/);
    assert.equal(folder.read("data/primary"), `7 ${hostOf(1)}\n`);
  });

  it("believes the others when they have heard later things than it knew", () => {
    folder.write("data/primary", `7 ${hostOf(2)}\n`);
    folder.sentinel(0, 0, 8);
    assert.ok(configuration().includes(monitors(0)));
  });

  it("keeps what its Sentinel knows over restarts", () => {
    folder.write("data/primary", `7 ${hostOf(2)}\n`);
    folder.sentinel(1, 0, 8);
    configuration();
    assert.equal(folder.read("data/primary"), `8 ${hostOf(0)}\n`);
  });

  it("does not keep what its Sentinel is about to change", () => {
    folder.write("data/primary", `7 ${hostOf(2)}\n`);
    folder.sentinel(1, 2, 8);
    const during = `ip\n${hostOf(2)}\nflags\nmaster,failover_in_progress\nconfig-epoch\n8\n`;
    folder.answer(1, SENTINEL, "sentinel master journal", during);
    configuration();
    assert.equal(folder.read("data/primary"), `7 ${hostOf(2)}\n`);
  });

  it("is the same Sentinel after a restart, and votes in no election from before it", () => {
    folder.write("data/primary", `7 ${hostOf(2)}\n`);
    const lines = configuration();
    assert.ok(lines.includes(`sentinel myid ${"2".padStart(40, "0")}`));
    assert.ok(lines.includes("sentinel current-epoch 1010"));
    const others = lines.filter((line) => line.startsWith("sentinel known-sentinel "));
    assert.deepEqual(others, [
      `sentinel known-sentinel journal ${hostOf(0)} 26379 ${"1".padStart(40, "0")}`,
      `sentinel known-sentinel journal ${hostOf(2)} 26379 ${"3".padStart(40, "0")}`,
    ]);
  });

  it("waits a little longer than the Sentinel before it, so that not all stand for election at once", () => {
    folder.write("data/primary", `7 ${hostOf(2)}\n`);
    assert.ok(configuration().includes("sentinel down-after-milliseconds journal 1150"));
  });

  describe("tells its Sentinel", () => {
    const periods = "info-period 300 publish-period 500 ping-period 250 ask-period 250 tilt-period 3000";
    const command = `sentinel debug ${periods}`;
    const times = () => questions().filter((line) => line === `${hostOf(1)}:${SENTINEL} ${command}`).length;

    beforeEach(() => {
      folder.write("data/primary", `7 ${hostOf(2)}\n`);
    });

    it("how often to ask, so that a primary that hangs is noticed, and when to trust its clock again, once", () => {
      folder.answer(1, SENTINEL, command, "OK\n");
      configuration();
      assert.equal(times(), 1);
    });

    it("so again while it does not listen yet", () => {
      folder.answer(1, SENTINEL, command, "OK\n", 3);
      configuration();
      assert.equal(times(), 3);
    });
  });

  it("lets a restarted server be promoted once it holds what the primary holds", () => {
    folder.write("data/primary", `7 ${hostOf(2)}\n`);
    folder.server(1, "slave", 3, ["master_link_status:up", "slave_priority:0"]);
    configuration();
    assert.ok(questions().includes(`${hostOf(1)}:${REDIS} config set replica-priority 100`));
  });

  it("does not let a restarted server be promoted that may be behind", () => {
    folder.write("data/primary", `7 ${hostOf(2)}\n`);
    folder.server(1, "slave", 3, ["master_link_status:down", "slave_priority:0"]);
    configuration();
    assert.doesNotMatch(questions().join("\n"), /config set/);
  });

  it("ends when its Sentinel does, to be started again", () => {
    folder.program("redis-sentinel", "exit 3");
    const { status, stderr } = folder.run("sentinel.sh");
    assert.equal(status, 1);
    assert.match(stderr, /the Sentinel has ended/);
  });
});
