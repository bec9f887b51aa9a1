import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { controlGroups } from "../../machine/control-groups.js";
import { inside } from "../../machine/layout.js";
import { local, repository } from "../../shell/paths.js";
import { add, read, remove, type Entry } from "./entries.js";
import {
  clusterProcesses,
  footprint,
  markedProcesses,
  namespacesApart,
  openSockets,
  type Process,
  processesIn,
  socketsOf,
  stillRunning,
} from "./footprint.js";
import { npmRun, status } from "./platform.js";

const mark = `SLIPWAY_TEST=down-${process.pid}`;
const kinds = ["mounts", "links", "addresses", "routes", "packet filter rules", "control groups", "files"];

const describeAll = (some: Process[]) => some.map(({ pid, command }) => `${pid} ${command}`);

describe("`npm run down`", () => {
  let entry: Entry;
  let kept: string | undefined;
  let traces: Record<"before" | "after", Record<string, string[]>>;
  let ours: { processes: Process[]; namespaces: Set<string>; sockets: string[]; groups: string[] };
  const scratch = mkdtempSync(join(tmpdir(), "slipway-down-"));

  // All of it once: without the platform, with it, and without it again.
  before(async () => {
    entry = await add("written before the end");
    await npmRun("down");
    const without = await footprint();

    const [name = "", value = ""] = mark.split("=");
    await execa("npm", ["run", "--silent", "up"], {
      cwd: repository,
      all: true,
      env: { [name]: value, TMPDIR: scratch },
    });
    const processes = clusterProcesses();
    ours = {
      processes,
      namespaces: namespacesApart(processes),
      sockets: socketsOf(processes),
      groups: controlGroups(),
    };
    kept = await read(entry.id);
    await remove(entry.id);

    await npmRun("down");
    traces = { before: without, after: await footprint() };
  });

  // Whoever runs the tests has the platform that they had before.
  after(async () => {
    rmSync(scratch, { recursive: true });
    await npmRun("up");
    const { apps } = await status();
    const unready = apps.filter(({ ready }) => !ready);
    assert.deepEqual(unready, []);
    assert.ok(apps.length > 0);
  });

  it("keeps what was written: the next `npm run up` goes on from there", () => {
    assert.equal(kept, entry.text);
  });

  it("ends every process of the cluster and of what started it", () => {
    assert.ok(ours.processes.length > 50, `only ${ours.processes.length} processes`);
    assert.deepEqual(describeAll(stillRunning(ours.processes)), []);
    assert.deepEqual(describeAll(clusterProcesses()), []);
    assert.deepEqual(describeAll(markedProcesses(mark)), []);
  });

  it("leaves nobody in a namespace of the cluster, of networks or of another kind", () => {
    // The switch's, and for each of three nodes its own and at least one pod's.
    assert.ok([...ours.namespaces].filter((name) => name.startsWith("net:")).length >= 7);
    const last = Math.max(...ours.processes.map(({ start }) => start));
    assert.deepEqual(describeAll(processesIn(ours.namespaces, last)), []);
  });

  it("closes its ports", () => {
    assert.equal(ours.sockets.length, 3);
    const open = new Set(openSockets().values());
    assert.deepEqual(
      ours.sockets.filter((address) => open.has(address)),
      [],
    );
  });

  for (const kind of kinds) {
    it(`leaves the machine's ${kind} as they were`, () => {
      const { [kind]: was = [] } = traces.before;
      const { [kind]: is = [] } = traces.after;
      assert.ok(was.length > 0);
      const missing = (from: string[], all: string[]) => {
        const there = new Set(all);
        return from.filter((one) => !there.has(one));
      };
      assert.deepEqual({ more: missing(is, was), less: missing(was, is) }, { more: [], less: [] });
    });
  }

  it("leaves no control group of the cluster, in any hierarchy", () => {
    assert.ok(ours.groups.length > 0);
    assert.deepEqual(ours.groups.filter(existsSync), []);
    assert.deepEqual(controlGroups(), []);
  });

  it("leaves no mount of the cluster where the machine sees it", () => {
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    assert.deepEqual(
      mounts.filter((line) => line.includes(` ${local}`) || line.includes(` ${inside}`)),
      [],
    );
  });

  it("leaves no temporary file of its own", () => {
    const cache = /^node-compile-cache$/; // What Node.js keeps of modules once read.
    assert.deepEqual(
      readdirSync(scratch).filter((name) => !cache.test(name)),
      [],
    );
  });

  it("has nothing to do the second time, and status says what to do next", async () => {
    await npmRun("down");
    const { exitCode, stdout } = await execa("npm", ["run", "--silent", "status"], {
      cwd: repository,
      reject: false,
    });
    assert.equal(exitCode, 1);
    assert.match(stdout, /not ready|Next: npm run up/);
  });
});
