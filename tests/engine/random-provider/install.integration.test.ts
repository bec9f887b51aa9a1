import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { installRandomProvider } from "../../../engine/random-provider/install.js";
import { quoted } from "../../../shell/programs.js";

const repositoryRoot = resolve(import.meta.dirname, "../../..");

describe("installRandomProvider", () => {
  let pulumiHome: string;
  beforeEach(() => {
    pulumiHome = mkdtempSync(join(tmpdir(), "pulumi home's "));
  });
  afterEach(() => {
    rmSync(pulumiHome, { recursive: true });
  });

  it("writes one executable where the engine looks for the plugin", async () => {
    const executable = await installRandomProvider(pulumiHome, repositoryRoot);
    assert.equal(relative(pulumiHome, executable), "plugins/resource-random-v4.21.2/pulumi-resource-random");
    assert.equal(statSync(executable).mode & 0o777, 0o755);
    assert.deepEqual(readdirSync(dirname(executable)), ["pulumi-resource-random"]);
  });

  it("runs this node by its full path, from whatever folder", async () => {
    const script = readFileSync(
      await installRandomProvider(pulumiHome, relative(".", repositoryRoot)),
      "utf8",
    );
    const [shebang, command] = script.split("\n");
    assert.equal(shebang, "#!/bin/sh");
    assert.ok(command?.startsWith(`exec ${quoted(process.execPath)} `), command);
    assert.ok(
      command?.includes(` ${quoted(join(repositoryRoot, "engine/random-provider/main.ts"))} `),
      command,
    );
  });

  it("starts from a repository whose path the shell would take apart", async () => {
    const oddRoot = join(pulumiHome, "it's $HOME; exit 1");
    symlinkSync(repositoryRoot, oddRoot);
    const provider = spawn(await installRandomProvider(pulumiHome, oddRoot), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(provider, "exit");
    const [output] = (await Promise.race([once(provider.stdout, "data"), ended])) as [unknown];
    provider.kill();
    await ended;
    assert.match(String(output), /^\d+\n$/);
  });

  it("leaves alone what is right already", async () => {
    const executable = await installRandomProvider(pulumiHome, repositoryRoot);
    const before = statSync(executable);
    await installRandomProvider(pulumiHome, repositoryRoot);
    assert.deepEqual([statSync(executable).ino, statSync(executable).mtimeMs], [before.ino, before.mtimeMs]);
  });

  it("repairs a script that differs or cannot be executed", async () => {
    const executable = await installRandomProvider(pulumiHome, repositoryRoot);
    const script = readFileSync(executable, "utf8");
    writeFileSync(executable, "#!/bin/sh\nexit 1\n");
    await installRandomProvider(pulumiHome, repositoryRoot);
    assert.equal(readFileSync(executable, "utf8"), script);
    chmodSync(executable, 0o644);
    await installRandomProvider(pulumiHome, repositoryRoot);
    assert.equal(statSync(executable).mode & 0o777, 0o755);
  });
});
