import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { fingerprint, packArchive, unpackArchive } from "../../backup/archive.js";
import { UserError } from "../../shell/errors.js";
import { type Entries, manifestOf, partOf, writeArchive } from "./backup-file.js";

function holdsTheSame(one: Buffer, other: Buffer): boolean {
  try {
    return gunzipSync(one).equals(gunzipSync(other));
  } catch {
    return false;
  }
}

const TEXT = "INSERT INTO `posts` VALUES (1);\n".repeat(5000);

describe("backup/archive", () => {
  let folder: string;
  let file: string;
  let drafts: string;
  let unpacked: string;
  const manifest = manifestOf(partOf("prisma/mysql", TEXT), partOf("other/mysql", ""));
  const [first, second] = manifest.parts.map((part) => part.file) as [string, string];
  const good = (): Entries => [
    ["manifest.json", JSON.stringify(manifest)],
    [first, TEXT],
    [second, ""],
  ];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-archive-"));
    [file, drafts, unpacked] = ["backups/a.tar.gz", "drafts", "unpacked"].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    for (const name of [drafts, join(folder, "backups")]) mkdirSync(name);
    writeFileSync(join(drafts, first), TEXT);
    writeFileSync(join(drafts, second), "");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** All that is told of a file that is refused, line by line. */
  async function problems(): Promise<string[]> {
    let message = "";
    await assert.rejects(unpackArchive(file, unpacked), (error) => {
      assert.ok(error instanceof UserError, String(error));
      message = error.message;
      return true;
    });
    return message.split("\n");
  }

  const packed = () => packArchive(file, manifest, drafts);

  it("gives every part back byte for byte, and what the manifest says", async () => {
    await packed();
    assert.deepEqual(await unpackArchive(file, unpacked), manifest);
    assert.deepEqual(readdirSync(unpacked).sort(), [first, second].sort());
    assert.equal(readFileSync(join(unpacked, first), "utf8"), TEXT);
    assert.equal(readFileSync(join(unpacked, second), "utf8"), "");
    const { bytes, sha256 } = await fingerprint(join(unpacked, first));
    assert.deepEqual([bytes, sha256], [manifest.parts[0]?.bytes, manifest.parts[0]?.sha256]);
  });

  it("is readable by its owner only, and so is what is unpacked", async () => {
    await packed();
    await unpackArchive(file, unpacked);
    const modes = [file, unpacked, join(unpacked, first)].map((path) =>
      (statSync(path).mode & 0o777).toString(8),
    );
    assert.deepEqual(modes, ["600", "700", "600"]);
  });

  it("is there whole or not at all", async () => {
    rmSync(join(drafts, second));
    await assert.rejects(packed(), { code: "ENOENT" });
    assert.deepEqual(readdirSync(join(folder, "backups")), []);
  });

  it("replaces the draft of a run that was killed", async () => {
    writeFileSync(join(folder, "backups/.unfinished.tar.gz.new"), "half of something");
    await packed();
    assert.deepEqual(readdirSync(join(folder, "backups")), ["a.tar.gz"]);
    assert.deepEqual(await unpackArchive(file, unpacked), manifest);
  });

  it("is refused when it is not there", async () => {
    assert.deepEqual(await problems(), ["there is no such file"]);
  });

  it("is refused when it is no archive at all, compressed or not", async () => {
    writeFileSync(file, "a letter");
    assert.match(
      (await problems()).join(),
      /^the file is damaged, or no \.tar\.gz at all: incorrect header check$/,
    );
    writeFileSync(file, gzipSync("a letter ".repeat(200)));
    assert.match((await problems()).join(), /^the archive is damaged: /);
  });

  for (const part of [0.001, 0.5, 0.999]) {
    it(`is refused when it ends after ${part} of it`, async () => {
      await packed();
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * part)));
      assert.deepEqual(await problems(), ["the file ends too early: part of it is missing"]);
    });
  }

  it("is refused when the archive within ends too early", async () => {
    await packed();
    const tar = gunzipSync(readFileSync(file));
    writeFileSync(file, gzipSync(tar.subarray(0, 60_000)));
    assert.deepEqual(await problems(), ["the file ends too early: part of it is missing"]);
  });

  it("is refused wherever one of its bytes is another", async () => {
    await packed();
    const bytes = readFileSync(file);
    // Past the header, which holds a time and a name that nobody reads.
    const within = Array.from(
      { length: 40 },
      (_, index) => 10 + Math.floor((index * (bytes.length - 10)) / 40),
    );
    let refused = 0;
    for (const at of [...within, bytes.length - 8, bytes.length - 1]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      // Some bits may be others and mean the same: where zeros are copied from, what fills up the last byte.
      if (holdsTheSame(damaged, bytes)) continue;
      refused += 1;
      writeFileSync(file, damaged);
      assert.equal((await problems()).length > 0, true);
      rmSync(unpacked, { recursive: true, force: true });
    }
    assert.ok(refused >= within.length, `only ${refused} bytes were damaged`);
  });

  it("is refused with every problem of its parts at once", async () => {
    const other = partOf("chat/mysql", "x");
    await writeArchive(file, [
      ["manifest.json", JSON.stringify(manifestOf(...manifest.parts, other))],
      [first, TEXT.replace("1", "2")],
      [second, "more"],
      ["stranger.sql", ""],
    ]);
    const changed = (await problems())[0] ?? "";
    assert.match(
      changed,
      new RegExp(`^${first}: expected SHA-256 ${manifest.parts[0]?.sha256 ?? ""}, got [0-9a-f]{64}$`),
    );
    assert.deepEqual((await problems()).slice(1), [
      `${second}: expected 0 bytes, got 4`,
      'expected nothing but the manifest\'s parts, each once, got file "stranger.sql"',
      `${other.file}: expected it in the archive, got nothing`,
    ]);
  });

  it("is refused when a part is there twice", async () => {
    await writeArchive(file, [...good(), [first, TEXT]]);
    assert.deepEqual(await problems(), [
      `expected nothing but the manifest's parts, each once, got file "${first}"`,
    ]);
  });

  it("is refused when something else comes first, or nothing does", async () => {
    await writeArchive(file, good().reverse());
    assert.deepEqual(await problems(), [
      `expected a backup, which begins with manifest.json, got file "${second}" first`,
    ]);
    await writeArchive(file, []);
    assert.deepEqual(await problems(), ["expected a backup, got an archive with nothing in it"]);
  });

  it("never writes outside of the folder that it is unpacked into", async () => {
    for (const name of ["../escaped.sql", join(folder, "escaped.sql"), "sub/../../escaped.sql"]) {
      await writeArchive(file, [...good(), [name, "x"]]);
      assert.deepEqual(await problems(), [
        `expected nothing but the manifest's parts, each once, got file "${name}"`,
      ]);
      const part = partOf("prisma/mysql", "x", { file: name });
      await writeArchive(file, [
        ["manifest.json", JSON.stringify(manifestOf(part))],
        [name, "x"],
      ]);
      assert.match((await problems()).join(), /^manifest\.json: parts\.0\.file: /);
    }
    assert.deepEqual(readdirSync(folder).sort(), ["backups", "drafts", "unpacked"]);
    assert.equal(existsSync(join(folder, "escaped.sql")), false);
  });

  it("never follows a link in it", async () => {
    const target = join(folder, "target");
    writeFileSync(target, "mine");
    await writeArchive(file, [
      ["manifest.json", JSON.stringify(manifest)],
      [{ name: first, type: "symlink", linkname: target }, ""],
      [second, ""],
    ]);
    assert.deepEqual(await problems(), [
      `expected nothing but the manifest's parts, each once, got symlink "${first}"`,
      `${first}: expected it in the archive, got nothing`,
    ]);
    assert.equal(readFileSync(target, "utf8"), "mine");
  });

  it("writes nothing of a part that is larger than the manifest says", async () => {
    await writeArchive(file, [
      ["manifest.json", JSON.stringify(manifestOf(partOf("prisma/mysql", "x")))],
      [first, TEXT],
    ]);
    assert.deepEqual(await problems(), [`${first}: expected 1 bytes, got ${TEXT.length}`]);
    assert.deepEqual(readdirSync(unpacked), []);
  });
});
