import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Processes } from "../../../rehearsal/processes.js";

const module = join(import.meta.dirname, "../../../rehearsal/processes.ts");

const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

/** A program takes a moment to end after its signal. */
async function ends(pid: number): Promise<boolean> {
  for (let waited = 0; isAlive(pid) && waited < 100; waited++) await sleep(20);
  return !isAlive(pid);
}

describe("rehearsal/processes", () => {
  let folder: string;
  let processes: Processes;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-processes-"));
    processes = new Processes(folder);
  });

  afterEach(async () => {
    await processes.stop();
    rmSync(folder, { recursive: true });
  });

  it("ends one program, or all of them", async () => {
    const pids = ["a", "b", "c"].map((name) => Number(processes.start(name, ["sleep", "600"]).pid));
    await processes.stop("b");
    assert.deepEqual(pids.map(isAlive), [true, false, true]);
    await processes.stop();
    assert.deepEqual(pids.map(isAlive), [false, false, false]);
  });

  it("ends with all the others what a killed leader of a process group left behind", async () => {
    const script = "sleep 600 & echo $!; exec sleep 600";
    const leader = spawn("sh", ["-c", script], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    const [left] = (await once(leader.stdout, "data")) as [Buffer];
    processes.adoptGroup(leader.pid ?? 0);
    leader.kill("SIGKILL");
    await once(leader, "exit");
    assert.equal(isAlive(Number(left)), true);
    await processes.stop();
    assert.ok(await ends(Number(left)), "it is still there");
    processes.stopGroup(leader.pid ?? 0);
  });

  it("leaves no program when it is itself ended by kill -9", async () => {
    const script = `
      const { Processes } = await import(${JSON.stringify(pathToFileURL(module).href)});
      const child = new Processes(${JSON.stringify(folder)}).start("a", ["sleep", "600"]);
      child.once("spawn", () => console.log(child.pid));`;
    const args = ["--import", "tsx", "--input-type=module", "-e", script];
    const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [pid] = (await once(parent.stdout, "data")) as [Buffer];
    // The program asks the kernel for its end with its parent's before it becomes what it shall be.
    const becomes = () => readFileSync(`/proc/${Number(pid)}/comm`, "utf8").trim();
    while (becomes() !== "sleep") await sleep(20);
    parent.kill("SIGKILL");
    await once(parent, "exit");
    assert.ok(await ends(Number(pid)), "the program outlived its parent");
  });

  it("waits until something holds, and says at once when a program has ended that should not", async () => {
    let asked = 0;
    await processes.until("the third time", 10, () => Promise.resolve(++asked === 3));
    assert.equal(asked, 3);
    processes.start("failing", ["sh", "-c", "echo out of luck; exit 7"]);
    await assert.rejects(
      processes.until("never", 10, () => Promise.resolve(false)),
      /failing ended by itself \(7\):\nout of luck/,
    );
  });

  it("gives up after the time that it was given", async () => {
    await assert.rejects(
      processes.until("the moon", 0, () => Promise.resolve(false)),
      /the moon: not within 0 s; see .*slipway-processes-/,
    );
  });
});
