import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { unpackArchive } from "../../backup/archive.js";
import type * as Backup from "../../backup/backup.js";
import type * as RestoreModule from "../../backup/restore.js";
import { describeRestored } from "../../backup/restored.js";
import type * as UnfinishedModule from "../../backup/unfinished.js";
import { Checkout } from "../support/checkout.js";
import { FakePlatform } from "./fake-platform.js";

const stop = "stop the writers of shop/first, shop/second";
const safetyOf = ["dump shop/first", "dump shop/second"];
const loads = ["restore shop/first", "count shop/first", "restore shop/second", "count shop/second"];
const inOrder = async (steps: { title: string; run: (tell: () => void) => Promise<void> }[]) => {
  for (const { run } of steps) await run(() => undefined);
};

describe("backup/restore", () => {
  let checkout: Checkout;
  let modules: typeof RestoreModule & typeof UnfinishedModule & typeof Backup;
  let platform: FakePlatform;
  let file: string;

  before(async () => {
    checkout = Checkout.shared();
    mkdirSync(checkout.local);
    const names = ["backup/restore", "backup/unfinished", "backup/backup"];
    const loaded = await Promise.all(names.map((name) => checkout.load<object>(name)));
    modules = Object.assign({}, ...loaded);
  });

  /** A backup of a platform with other contents than the one that is restored into. */
  beforeEach(async () => {
    file = checkout.path("file.tar.gz");
    rmSync(file, { force: true });
    rmSync(checkout.path("backups"), { recursive: true, force: true });
    await modules.removeUnfinished();
    const earlier = new FakePlatform();
    [earlier.first.content, earlier.second.content] = ["earlier", ""];
    await modules.backupStores(earlier.all, file, () => undefined);
    platform = new FakePlatform();
  });

  const restore = (options = {}) => modules.restore(file, options, platform, inOrder);
  const finish = () => modules.finishRestore(() => undefined, platform);
  const safetyBackups = () =>
    existsSync(checkout.path("backups"))
      ? readdirSync(checkout.path("backups")).map((name) => join(checkout.path("backups"), name))
      : [];

  /** What is refused leaves everything as it was, or as it was before the writers were stopped. */
  async function refused(message: RegExp, log: string[] = []): Promise<void> {
    await assert.rejects(restore(), (error: Error) => {
      assert.match(error.message, message);
      return true;
    });
    assert.deepEqual(platform.log, log);
    assert.deepEqual([...platform.contents, platform.stopped], ["one", "second", false]);
    assert.equal(await modules.readUnfinished(), undefined);
    assert.deepEqual(readdirSync(checkout.local), []);
  }

  it("stops the writers, backs up what is there, replaces each store and starts the writers, in this order", async () => {
    const { rows, safety = "", left } = await restore();
    assert.deepEqual(platform.log, [stop, ...safetyOf, ...loads, "start", "wait"]);
    assert.deepEqual([...platform.contents, platform.stopped], ["earlier", "", false]);
    assert.deepEqual(
      rows.map(({ store, restored }) => [store, restored]),
      [
        ["shop/first", "1 table, 7 rows"],
        ["shop/second", "1 table, 0 rows"],
      ],
    );
    assert.deepEqual(left, []);
    assert.deepEqual(safetyBackups(), [safety]);
    assert.deepEqual(readdirSync(checkout.local), []);
  });

  it("has all that was there before in the file that it names", async () => {
    const { safety = "" } = await restore();
    assert.match(basename(safety), /^before-restore-local-\d{8}T\d{6}Z\.tar\.gz$/);
    const folder = checkout.path("looked-at");
    await unpackArchive(safety, folder);
    assert.equal(readFileSync(join(folder, "shop-first.sql"), "utf8"), "one");
    assert.equal(readFileSync(join(folder, "shop-second.sql"), "utf8"), "second");
    await modules.restore(safety, {}, platform, inOrder);
    assert.deepEqual(platform.contents, ["one", "second"]);
  });

  it("makes no other backup when it is asked not to", async () => {
    platform.first.failing.set("dump", "the table is broken");
    const { safety } = await restore({ safetyBackup: false });
    assert.deepEqual(platform.log, [stop, ...loads, "start", "wait"]);
    assert.equal(safety, undefined);
    assert.deepEqual(safetyBackups(), []);
  });

  it("touches nothing when the file is damaged", async () => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 40));
    await refused(/^.*file\.tar\.gz cannot be restored; nothing was changed:\nthe file ends too early/);
  });

  it("touches nothing when the platform lacks a store of the file or runs an older server, and tells of all", async () => {
    const [, second] = platform.all;
    platform.all = second === undefined ? [] : [second];
    platform.second.server = "10.6.22";
    await refused(
      /^nothing was changed:\nexpected a store shop\/first \(mysql\), got only shop\/second \(mysql\)\nshop\/second: expected a server of version 10\.11\.6 or newer, got 10\.6\.22$/,
    );
  });

  it("touches nothing when only a server is older than the one that the file is from", async () => {
    platform.first.server = "9.12.1";
    await refused(
      /^nothing was changed:\nshop\/first: expected a server of version 10\.11\.6 or newer, got 9\.12\.1$/,
    );
  });

  it("lets the writers go on when what is there cannot be backed up", async () => {
    platform.second.failing.set("dump", "the table is broken");
    await refused(/the table is broken/, [stop, ...safetyOf, "start"]);
    assert.deepEqual(safetyBackups(), []);
  });

  it("leaves a store alone that the file has nothing of, and says so", async () => {
    await modules.backupStores([platform.first], checkout.path("one.tar.gz"), () => undefined);
    platform.log.length = 0;
    const result = await modules.restore(checkout.path("one.tar.gz"), {}, platform, inOrder);
    assert.deepEqual(platform.log, [
      "stop the writers of shop/first",
      "dump shop/first",
      "restore shop/first",
      "count shop/first",
      "start",
      "wait",
    ]);
    assert.match(describeRestored(result), /nothing, so they stay as they are: shop\/second\n/);
    rmSync(checkout.path("one.tar.gz"));
  });

  for (const what of ["restore", "count"] as const) {
    it(`keeps the writers stopped when a ${what} fails, and goes on when it is asked again, with the one backup`, async () => {
      platform.second.failing.set(what, "the server went away");
      await assert.rejects(restore(), /the server went away/);
      assert.equal(platform.stopped, true);
      assert.equal(platform.log.includes("start"), false);
      const [safety] = safetyBackups();
      assert.deepEqual((await modules.readUnfinished())?.safety, safety);

      platform.second.failing.clear();
      platform.log.length = 0;
      assert.equal((await restore()).safety, safety);
      assert.deepEqual(platform.log, [stop, ...loads, "start", "wait"]);
      assert.deepEqual([...platform.contents, platform.stopped], ["earlier", "", false]);
      assert.equal(safetyBackups().length, 1);
    });
  }

  it("is not done when other numbers are there than the file has, and says which and what to do", async () => {
    platform.second.count = () => Promise.resolve({ rows: 1 });
    await assert.rejects(restore(), (error: Error) => {
      assert.deepEqual(error.message.split("\n"), [
        "shop/second: rows: expected 0, got 1",
        `the apps stay stopped; go on with: npm run restore -- ${file}, or for what was there before: npm run restore -- ${safetyBackups()[0] ?? ""}`,
      ]);
      return true;
    });
    assert.equal(platform.stopped, true);
  });

  it("has noted that nothing is to be replaced any more before the first writer is started", async () => {
    platform.startWriters = () => Promise.reject(new Error("the API went away"));
    await assert.rejects(restore(), /the API went away/);
    assert.equal((await modules.readUnfinished())?.step, "start");
  });

  describe("of which only a part was done when it was killed", () => {
    const left = { safetyBackup: true, safety: "before.tar.gz" };

    it("is taken back by `npm run up` where nothing was changed yet", async () => {
      await modules.writeUnfinished({ file, step: "stop", safetyBackup: true });
      await finish();
      assert.deepEqual(platform.log, ["start"]);
      assert.deepEqual(platform.contents, ["one", "second"]);
      assert.equal(modules.isUnfinished(), false);
    });

    it("is gone on with by `npm run up` where something was, without a backup of what is half", async () => {
      await modules.writeUnfinished({ file, step: "restore", ...left });
      await finish();
      assert.deepEqual(platform.log, [stop, ...loads, "start", "wait"]);
      assert.deepEqual(platform.contents, ["earlier", ""]);
      assert.equal(modules.isUnfinished(), false);
    });

    it("never replaces what the writers have written since they were started", async () => {
      await modules.writeUnfinished({ file, step: "start", ...left });
      await finish();
      assert.deepEqual(platform.log, ["start"]);
      assert.deepEqual(platform.contents, ["one", "second"]);
      await modules.writeUnfinished({ file, step: "start", ...left });
      await restore();
      assert.equal(safetyBackups().length, 1);
    });

    it("stays so with what to do when its file is gone", async () => {
      await modules.writeUnfinished({ file: "/nowhere/a.tar.gz", step: "restore", ...left });
      await assert.rejects(finish(), (error: Error) => {
        assert.deepEqual(error.message.split("\n"), [
          "a restore was cut short, and cannot go on: /nowhere/a.tar.gz cannot be restored; nothing was changed:",
          "there is no such file",
          "the apps stay stopped since a restore was cut short; go on with: npm run restore -- /nowhere/a.tar.gz, or for what was there before: npm run restore -- before.tar.gz",
        ]);
        return true;
      });
      assert.deepEqual(platform.log, []);
      assert.equal(modules.isUnfinished(), true);
    });

    it("lets nobody take a backup of it for one of whole databases", async () => {
      await modules.writeUnfinished({ file, step: "restore", ...left });
      await assert.rejects(modules.backup({ output: checkout.path("half.tar.gz") }, platform), {
        message:
          'expected whole databases, got a restore that was cut short; run "npm run up" first, which ends it',
      });
      assert.deepEqual(platform.log, []);
    });

    it("waits for stores that are to be made again", async () => {
      platform.all = [];
      await modules.writeUnfinished({ file, step: "restore", ...left });
      await assert.rejects(finish(), (error: Error) => error.constructor.name === "MissingStoreError");
      assert.equal(modules.isUnfinished(), true);
    });

    it("is nothing to `npm run up` when there is none", async () => {
      await finish();
      assert.deepEqual(platform.log, []);
    });
  });
});
