import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inside, nodeIndexes, nodeName } from "../../machine/layout.js";
import { repository } from "../../shell/paths.js";
import { add, list, read, remove, type Entry } from "./entries.js";
import { clusterProcesses, groupIsGone, markedProcesses } from "./footprint.js";
import { killDuring as killCommandDuring, type Moment, startUntil } from "./killed-command.js";
import { killNode } from "./nodes.js";
import { kubectl, npmRun, objects, settings, settled, status, until } from "./platform.js";

const mark = `interruption-${process.pid}`;
const stackFile = join(repository, "Pulumi.local.yaml");

const killDuring = (command: "up" | "down", moment: Moment) => killCommandDuring(mark, moment, [command]);

/** Presses Ctrl-C in an up, which must end in order and with 130. */
async function interruptUp(moment: Moment, whom: (pid: number) => number): Promise<void> {
  // Not by npm, which tells of a signal where the command itself ended with a code.
  const args = ["--import", "slipway/typescript", "commands/main.ts", "up"];
  const { pid, exit, output } = await startUntil(mark, moment, process.execPath, args);
  process.kill(whom(pid), "SIGINT");
  assert.deepEqual(await exit, [130, null], output());
  assert.match(output(), /stopping in order; press Ctrl-C again to stop at once/);
  assert.match(output(), /interrupted\n$/);
  assert.equal(groupIsGone(pid), true);
}

/** Id of a program that a host's supervisor keeps running, as the machine counts; undefined when it does not run. */
const supervised = (host: string, service: string) =>
  clusterProcesses(`${host}/system`).find(({ command }) => command.startsWith(`${inside}/bin/${service} `))
    ?.pid;

const podIds = async (component: string) =>
  (await objects("pods", "-n", "journal", "-l", `app.kubernetes.io/component=${component}`))
    .map(({ metadata }) => metadata.uid as string)
    .sort();

const podPhases = async (component: string) =>
  (await objects("pods", "-n", "journal", "-l", `app.kubernetes.io/component=${component}`)).map(
    ({ status: { phase } }) => phase as string,
  );

describe("after an interruption, `npm run up` goes on", () => {
  let entry: Entry;
  const committed = readFileSync(stackFile, "utf8");

  before(async () => {
    entry = await add("written before it all");
  });

  after(async () => {
    await remove(entry.id);
  });

  /** Runs the command that must repair everything, and looks at all that it promises. */
  async function upAgain(): Promise<void> {
    await npmRun("up");
    const { nodes, apps } = await status();
    assert.deepEqual(
      [...nodes, ...apps].filter(({ ready }) => !ready),
      [],
    );
    assert.equal(nodes.length, settings().nodes);
    assert.equal(await read(entry.id), entry.text);
    const { id } = await add("written after it");
    await remove(id);
  }

  it("of `npm run down` by kill -9, half the programs stopped", async () => {
    const kubelets = () => nodeIndexes(settings()).map((index) => supervised(nodeName(index), "kubelet"));
    assert.equal(kubelets().filter(Boolean).length, settings().nodes);
    await killDuring("down", () =>
      Promise.resolve(kubelets().every((pid) => pid === undefined) ? undefined : "kubelets run"),
    );
    assert.notDeepEqual(clusterProcesses(), []);
    await upAgain();
  });

  it("of itself by kill -9: as the cluster starts, as images are loaded, as add-ons are installed", async () => {
    await npmRun("down");
    for (const moment of [/start the cluster: .*control plane/, /❯ load images/, /❯ install add-ons/]) {
      await killDuring("up", moment);
    }
    await upAgain();
  });

  it("of itself by Ctrl-C, once while it starts the cluster", async () => {
    await npmRun("down");
    await interruptUp(/start the cluster: .*control plane/, (pid) => -pid); // As a terminal does: to all of them.
    await upAgain();
  });

  it("of a deployment that waits for pods that fit nowhere, by SIGINT to the command alone", async () => {
    await settled();
    try {
      writeFileSync(stackFile, committed.replace(/(frontend:\s+resources:\s+cpu:) \w+/, '$1 "64"'));
      const waits = async () =>
        (await podPhases("frontend")).includes("Pending") ? undefined : "every pod found a node";
      await interruptUp(waits, (pid) => pid);
    } finally {
      writeFileSync(stackFile, committed);
    }
    await upAgain();
    await settled();
  });

  it("of a deployment by kill -9, at its first change and in a rollout, and only what changed is replaced", async () => {
    const others = async () => [await podIds("redis"), await podIds("fileserver")];
    const generation = async () =>
      Number(
        await kubectl("get", "deployment/frontend", "-n", "journal", "-o", "jsonpath={.metadata.generation}"),
      );
    await settled();
    const [untouched, frontend, rollout] = [await others(), await podIds("frontend"), await generation()];
    const { pageSize } = await list();
    try {
      writeFileSync(stackFile, committed.replace(/journalEntries: \d+/, `journalEntries: ${pageSize + 1}`));
      await killDuring("up", /deploy stack local: .*\w/);
      await killDuring("up", async () =>
        (await generation()) > rollout ? undefined : "the Deployment is as it was",
      );
      await upAgain();
      assert.equal((await list()).pageSize, pageSize + 1);
    } finally {
      writeFileSync(stackFile, committed);
    }
    await upAgain();
    assert.equal((await list()).pageSize, pageSize);
    await settled();
    assert.deepEqual(await others(), untouched);
    assert.equal((await podIds("frontend")).filter((id) => frontend.includes(id)).length, 0);
  });

  it("leaves nothing running of the commands that were killed", async () => {
    await until("no process of a command that was killed, but for the cluster's", () => {
      const cluster = new Set(clusterProcesses().map(({ pid }) => pid));
      const left = markedProcesses(`SLIPWAY_TEST=${mark}`).filter(({ pid }) => !cluster.has(pid));
      return left.map(({ pid, command }) => `${pid} ${command}`).join("; ") || undefined;
    });
  });

  it("of the cluster's programs by kill -9: their supervisor has started them before it is asked to", async () => {
    const programs: [host: string, service: string][] = [
      ["control-plane", "etcd"],
      ["control-plane", "kube-apiserver"],
      ["node-1", "kubelet"],
      ["node-1", "containerd"],
      ["node-2", "kube-proxy"],
      ["control-plane", "forward"],
    ];
    const killed = programs.map(([host, service]) => supervised(host, service));
    for (const pid of killed) {
      assert.ok(pid !== undefined, `not all of them run: ${killed.join()}`);
      process.kill(pid, "SIGKILL");
    }
    await until("another process of each program", () => {
      const missing = programs.filter(([host, service], index) => {
        const pid = supervised(host, service);
        return pid === undefined || pid === killed[index];
      });
      return missing.join("; ") || undefined;
    });
    await until("the entry, through the journal's entry", async () =>
      (await read(entry.id)) === entry.text ? undefined : "no such entry",
    );
    await upAgain();
  });

  it("of a whole node by kill -9 of its process 1", async () => {
    await killNode("node-2");
    await upAgain();
    await settled();
    assert.equal((await podIds("redis")).length, 3);
  });
});
