import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { isUnfinished, readUnfinished } from "../../backup/unfinished.js";
import { Author, wipe } from "./backup-data.js";
import { killDuring } from "./killed-command.js";
import { npmRun, objects, settled, status } from "./platform.js";

type Content = Awaited<ReturnType<Author["read"]>>;

describe("a backup of all stores", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-backup-"));
  const file = join(folder, "all.tar.gz");
  const author = new Author();
  const safetyBackups: string[] = [];
  let written: Content;

  before(async () => {
    await settled();
    await author.write();
    written = await author.read();
  });

  after(async () => {
    rmSync(folder, { recursive: true });
    for (const safety of safetyBackups) rmSync(safety);
    await author.remove();
  });

  const restore = async () => {
    const said = await npmRun("restore", "--", file);
    safetyBackups.push(/What was there before: (\S+)/.exec(said)?.[1] ?? "");
    return said;
  };

  /** Every Deployment, with what changes whenever it does. */
  const deployments = async () =>
    Object.fromEntries(
      (await objects("deployments", "-A")).map(({ metadata, spec }) => [
        `${metadata.namespace}/${metadata.name}`,
        [metadata.generation, spec.replicas],
      ]),
    ) as Record<string, [generation: number, replicas: number]>;
  const replicas = async () =>
    Object.fromEntries(Object.entries(await deployments()).map(([name, [, count]]) => [name, count]));

  async function everythingIsBack(): Promise<void> {
    const found = await author.read();
    for (const part of ["entries", "messages", "posts"] as const)
      assert.equal(found[part], written[part], part);
    const { nodes, apps } = await status();
    assert.deepEqual(
      [...nodes, ...apps].filter(({ ready }) => !ready),
      [],
    );
    assert.equal(isUnfinished(), false);
  }

  it("is one file, readable by its owner only, and tells what is in it", async () => {
    const said = await npmRun("backup", "--", "--output", file);
    assert.match(said, /^ {2}prisma\/mysql +4 tables, \d+ rows$/m);
    assert.match(said, /^ {2}journal\/redis +\d+ keys$/m);
    assert.match(said, /^ {2}chat\/mongodb +2 collections, \d+ documents$/m);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    await assert.rejects(npmRun("backup", "--", "--output", file), /expected a new file/);
  });

  it("holds no value of any Secret of the cluster", async () => {
    const archive = gunzipSync(readFileSync(file));
    const secrets = (await objects("secrets", "-A")).flatMap(({ metadata, data = {} }) =>
      Object.entries(data as Record<string, string>).map(([key, value]) => ({
        name: `${metadata.namespace}/${metadata.name} ${key}`,
        value: Buffer.from(value, "base64"),
      })),
    );
    assert.ok(secrets.length >= 8, `found only ${secrets.length} values`);
    assert.deepEqual(
      secrets.filter(({ value }) => value.length >= 8 && archive.includes(value)).map(({ name }) => name),
      [],
    );
  });

  it("that is damaged changes nothing", async () => {
    const damaged = join(folder, "damaged.tar.gz");
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(damaged, bytes);
    const before = await deployments();
    await assert.rejects(npmRun("restore", "--", damaged), (error: { exitCode: number; all: string }) => {
      assert.equal(error.exitCode, 1);
      assert.match(error.all, /damaged\.tar\.gz cannot be restored; nothing was changed:/);
      return true;
    });
    assert.deepEqual(await deployments(), before);
    await everythingIsBack();
  });

  it("brings everything back, byte for byte, and nothing that was written after it", async () => {
    const other = new Author();
    const pods = await replicas();
    await other.write();
    await wipe();
    await Promise.all([other.writeEntries(), other.writeMessages()]);
    const started = Date.now();
    const said = await restore();
    const seconds = Math.round((Date.now() - started) / 1000);
    await everythingIsBack();
    assert.deepEqual(await replicas(), pods);
    assert.equal((await other.posts()).includes(other.id), false);
    assert.deepEqual(await other.beginningOfRoom("first"), { seq: 1, text: "first" });
    console.log(
      said
        .split("\n")
        .filter((line) => line.startsWith("  "))
        .join("\n    "),
    );
    console.log(`      writers stopped, restored and writing again within ${seconds} s; lost: nothing`);
  });

  it("is gone on with by `npm run up` after a kill -9 half way, and the replicas are what they were", async () => {
    const pods = await replicas();
    await killDuring(`backup-${process.pid}`, /❯ restore journal\/redis/, ["restore", "--", file]);
    const unfinished = await readUnfinished();
    assert.equal(unfinished?.step, "restore");
    safetyBackups.push(unfinished.safety ?? "");
    assert.equal((await replicas())["prisma/prisma"], 0);
    await npmRun("up");
    await everythingIsBack();
    assert.deepEqual(await replicas(), pods);
  });
});
