import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Checkout } from "../support/checkout.js";

type Result = Pick<SpawnSyncReturns<string>, "status" | "stdout" | "stderr">;

describe("machine/main", () => {
  let checkout: Checkout;
  let help: Result, tooFew: Result, status: Result, kubectl: Result;
  before(async () => {
    checkout = new Checkout();
    // All at once, since loading takes each a second.
    [help, tooFew, status, kubectl] = await Promise.all([
      command("--help"),
      command("up", "--nodes", "0"),
      command("status"),
      command("kubectl", "get", "pods", "--help"),
    ]);
  });
  after(() => {
    checkout.remove();
  });

  async function command(...args: string[]): Promise<Result> {
    const child = spawn(process.execPath, ["--import", "slipway/typescript", "machine/main.ts", ...args], {
      cwd: checkout.folder,
      stdio: ["ignore", "pipe", "pipe"],
      // Without Go and the other programs, so that a command which ought to be refused gets no further than the doctor.
      env: { PATH: checkout.path("nowhere"), NO_COLOR: "1" },
    });
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    return { status: child.exitCode, stdout, stderr };
  }

  it("names every command in its help", () => {
    assert.deepEqual([help.status, help.stderr], [0, ""]);
    const commands = [...help.stdout.matchAll(/^ {2}([a-z]+)\b.* {2,}\S/gm)].map(([, name]) => name);
    assert.deepEqual(commands, ["up", "down", "status", "logs", "doctor", "kubectl", "help"]);
    assert.match(help.stdout, /npm run up -- --nodes 2/);
  });

  it("refuses a number of nodes that cannot be, and gives the range", () => {
    assert.equal(tooFew.status, 1);
    assert.match(tooFew.stderr, /expected a whole number from 1 to 9, got "0"/);
  });

  it("ends with 1 and names the next command when nothing runs", () => {
    assert.deepEqual(status, { status: 1, stdout: "Nothing runs. Next: npm run up\n", stderr: "" });
  });

  it("ends with 1 and a message without a stack when there is no cluster to talk to", () => {
    const stderr = '\nerror: there is no cluster yet; run "npm run up"\n';
    assert.deepEqual(kubectl, { status: 1, stdout: "", stderr });
  });

  it("makes no file for a command that starts nothing", () => {
    assert.equal(existsSync(checkout.local), false);
  });
});
