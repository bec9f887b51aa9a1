import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { Checkout } from "../support/checkout.js";

// The commands themselves are tried in commands.test.ts; this one starts the program as npm does.
describe("commands/main", () => {
  let checkout: Checkout;
  before(() => {
    checkout = new Checkout();
    checkout.write("commands/install.mjs", "");
  });
  after(() => {
    checkout.remove();
  });

  async function run(program: string, args: string[], env: NodeJS.ProcessEnv) {
    const child = spawn(program, args, { cwd: checkout.folder, stdio: ["ignore", "pipe", "pipe"], env });
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    return { exitCode: child.exitCode, stdout, stderr };
  }

  it("ends with 1 and a message without a stack when there is no cluster to talk to", async () => {
    const args = ["--import", "slipway/typescript", "commands/main.ts", "kubectl", "get", "pods", "-A"];
    const env = { PATH: checkout.path("nowhere"), NO_COLOR: "1" };
    const stderr = '\nerror: there is no cluster yet; run "npm run up"\n';
    assert.deepEqual(await run(process.execPath, args, env), { exitCode: 1, stdout: "", stderr });
  });

  it("gives programs nothing but JSON by the command that the help names, and names it when npm was not silent", async () => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
    const npm = (...args: string[]) => run("npm", args, env);
    const [silent, loud, help] = await Promise.all([
      npm("run", "--silent", "status", "--", "--json"),
      npm("run", "status", "--", "--json"),
      run(process.execPath, ["--import", "slipway/typescript", "commands/main.ts", "status", "--help"], env),
    ]);
    const json = '{"stack":"local","nodes":[],"apps":[]}\n';
    const named = "npm run --silent status -- --json";
    assert.deepEqual(silent, { exitCode: 1, stdout: json, stderr: "" });
    assert.match(loud.stdout, /^\n> /);
    assert.ok(
      loud.stderr.includes(`npm prints lines before the JSON; without them: ${named}\n`),
      loud.stderr,
    );
    assert.ok(help.stdout.replaceAll(/\s+/g, " ").includes(named), help.stdout);
  });
});
