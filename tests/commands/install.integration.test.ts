import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const installer = join(import.meta.dirname, "../../commands/install.mjs");

describe("commands/install", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway "));
    mkdirSync(join(folder, "commands"));
    mkdirSync(join(folder, "bin"));
    cpSync(installer, join(folder, "commands/install.mjs"));
    writeFileSync(join(folder, "package-lock.json"), '{ "lockfileVersion": 3 }');
    npm("mkdir -p node_modules");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Puts an npm on the PATH that notes how it was called. */
  function npm(script: string): void {
    const file = join(folder, "bin/npm");
    writeFileSync(file, `#!/bin/sh\necho "$PWD: $*" >> "${folder}/calls"\n${script}\n`);
    chmodSync(file, 0o755);
  }
  const calls = () => {
    const file = join(folder, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  };
  const stamp = () => join(folder, "node_modules/.slipway-lock");
  const install = (path = `${folder}/bin:/usr/bin:/bin`): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [join(folder, "commands/install.mjs")], {
      cwd: "/",
      encoding: "utf8",
      env: { PATH: path },
    });

  it("installs what is locked, without anybody's scripts, when nothing is there", () => {
    const { status, stdout } = install();
    assert.equal(status, 0);
    assert.equal(stdout, "", "what a command prints for programs stays its own");
    assert.deepEqual(calls(), [`${folder}: ci --ignore-scripts --no-audit --no-fund --loglevel=error`]);
    const locked = createHash("sha256").update('{ "lockfileVersion": 3 }').digest("hex");
    assert.equal(readFileSync(stamp(), "utf8"), locked);
  });

  it("does nothing, and says nothing, when what is locked is installed", () => {
    install();
    const { status, stdout, stderr } = install();
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
    assert.equal(calls().length, 1);
  });

  it("installs again when the lock file changed", () => {
    install();
    writeFileSync(join(folder, "package-lock.json"), '{ "lockfileVersion": 4 }');
    assert.equal(install().status, 0);
    assert.equal(calls().length, 2);
  });

  it("gives npm's exit code and what to do when npm fails, and tries again the next time", () => {
    npm("exit 7");
    const { status, stderr } = install();
    assert.equal(status, 7);
    assert.match(stderr, /^npm could not install the packages; run "npm ci --ignore-scripts" to see why$/m);
    assert.equal(existsSync(stamp()), false);
    assert.equal(install().status, 7);
    assert.equal(calls().length, 2);
  });

  it("generates the client of apps/prisma when the models changed, and only then", () => {
    const models = join(folder, "apps/prisma/prisma/schema.prisma");
    mkdirSync(dirname(models), { recursive: true });
    mkdirSync(join(folder, "apps/prisma/generated"));
    writeFileSync(models, "model A {}");
    const generate = `${folder}: run --silent generate -w apps/prisma`;

    for (const text of ["model A {}", "model A {}", "model B {}"]) {
      writeFileSync(models, text);
      assert.equal(install().status, 0);
    }
    assert.deepEqual(calls().slice(1), [generate, generate]);

    writeFileSync(models, "model C {}");
    npm("echo no such model; exit 3");
    const { status, stderr } = install();
    assert.equal(status, 3);
    assert.match(stderr, /^the client of apps\/prisma cannot be generated:\nno such model$/m);
  });

  it("takes away what Node.js compiled once it is more than there are modules, and nothing else", () => {
    const compiled = join(folder, "node_modules/.cache/node/v24-x64");
    install();
    mkdirSync(compiled, { recursive: true });
    for (let count = 0; count < 9_999; count++) writeFileSync(join(compiled, String(count)), "");
    install();
    assert.ok(existsSync(compiled));
    for (const name of ["9999", "10000"]) writeFileSync(join(compiled, name), "");
    const { status, stderr } = install();
    assert.deepEqual([status, stderr, existsSync(compiled)], [0, "", false]);
    assert.ok(existsSync(stamp()));
    assert.equal(calls().length, 1);
  });

  it("ends with 1 and what to do when there is no npm", () => {
    const { status, stderr } = install("/nowhere");
    assert.equal(status, 1);
    assert.match(stderr, /npm could not install the packages/);
  });
});
