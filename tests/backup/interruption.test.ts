import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type * as Backup from "../../backup/backup.js";
import type { RunSteps } from "../../backup/check.js";
import type * as RestoreModule from "../../backup/restore.js";
import type * as UnfinishedModule from "../../backup/unfinished.js";
import type * as Errors from "../../shell/errors.js";
import type * as Programs from "../../shell/programs.js";
import { Checkout } from "../support/checkout.js";
import { FakePlatform } from "./fake-platform.js";

describe("backup/restore, ended by Ctrl-C", () => {
  let checkout: Checkout;
  let modules: typeof RestoreModule &
    typeof UnfinishedModule &
    typeof Backup &
    typeof Programs &
    typeof Errors;
  let platform: FakePlatform;
  let file: string;

  before(async () => {
    checkout = Checkout.shared();
    mkdirSync(checkout.local);
    const names = ["backup/restore", "backup/unfinished", "backup/backup", "shell/programs", "shell/errors"];
    const loaded = await Promise.all(names.map((name) => checkout.load<object>(name)));
    modules = Object.assign({}, ...loaded);
    file = checkout.path("file.tar.gz");
    const earlier = new FakePlatform();
    [earlier.first.content, earlier.second.content] = ["earlier", ""];
    await modules.backupStores(earlier.all, file, () => undefined);
  });
  beforeEach(async () => {
    rmSync(checkout.path("backups"), { recursive: true, force: true });
    await modules.removeUnfinished();
    platform = new FakePlatform();
  });
  const safetyBackup = () => join(checkout.path("backups"), readdirSync(checkout.path("backups"))[0] ?? "");

  const inOrderUntilThen: RunSteps = async (steps) => {
    for (const step of steps) {
      modules.stopIfInterrupted();
      await step.run(() => undefined);
    }
  };
  afterEach(() => {
    modules.interrupt.seen = false;
  });

  /** Does what the platform would do, and then is interrupted; some programs end with an error by it, others do not. */
  function interruptedIn(name: keyof FakePlatform, error?: string): void {
    const plain = (platform[name] as (...args: any[]) => Promise<unknown>).bind(platform);
    Object.assign(platform, {
      [name]: async (...args: unknown[]) => {
        const result = await plain(...args);
        modules.interrupt.seen = true;
        if (error !== undefined) throw new Error(error);
        return result;
      },
    });
  }
  const told = async () => {
    const error: unknown = await modules
      .restore(file, {}, platform, inOrderUntilThen)
      .catch((failure: unknown) => failure);
    assert.ok(error instanceof modules.UserError, "expected the program to end with 130");
    return error.message;
  };

  for (const moment of ["stores", "stopWriters"] as const) {
    for (const error of [undefined, "kubectl was ended"]) {
      it(`has changed nothing and says so, in ${moment} ${error ? "with" : "without"} an error`, async () => {
        interruptedIn(moment, error);
        assert.equal(await told(), `nothing was changed; begin anew with: npm run restore -- ${file}`);
        assert.deepEqual([...platform.contents, platform.stopped], ["one", "second", false]);
        assert.equal(modules.isUnfinished(), false);
      });
    }
  }

  it("says how to go on when something was changed, whatever error ended it", async () => {
    platform.second.restore = () => {
      modules.interrupt.seen = true;
      return Promise.reject(new TypeError("terminated"));
    };
    const message = await told();
    assert.equal(
      message,
      `the apps stay stopped; go on with: npm run restore -- ${file}, or for what was there before: npm run restore -- ${safetyBackup()}`,
    );
    assert.equal(platform.stopped, true);
  });

  it("says that all is restored when the apps were being started", async () => {
    interruptedIn("startWriters", "kubectl was ended");
    assert.equal(await told(), 'everything is restored, but apps may stay stopped; "npm run up" starts them');
    assert.equal((await modules.readUnfinished())?.step, "start");
  });

  it("notices it in the last step, too", async () => {
    interruptedIn("waitForApps");
    assert.equal(await told(), 'everything is restored, and the apps are starting; see "npm run status"');
    assert.deepEqual([...platform.contents, platform.stopped], ["earlier", "", false]);
    assert.equal(modules.isUnfinished(), false);
  });

  it("says the way out of an earlier one that was cut short", async () => {
    await modules.writeUnfinished({ file, step: "restore", safetyBackup: true, safety: "before.tar.gz" });
    interruptedIn("stores", "kubectl was ended");
    assert.equal(
      await told(),
      `the apps stay stopped since a restore was cut short; go on with: npm run restore -- ${file}, or for what was there before: npm run restore -- before.tar.gz`,
    );
  });

  it("says of a backup whether there is one", async () => {
    const output = checkout.path("interrupted.tar.gz");
    const end = (error: RegExp) =>
      assert.rejects(modules.backup({ output }, platform, inOrderUntilThen), error);
    interruptedIn("stores");
    await end(/^Error: no backup was written; run "npm run backup" again$/);

    modules.interrupt.seen = false;
    platform = new FakePlatform();
    await assert.rejects(
      modules.backup({ output }, platform, async (steps) => {
        for (const { run } of steps) await run(() => undefined);
        modules.interrupt.seen = existsSync(output);
      }),
      { message: `the backup is whole: ${output}` },
    );
    rmSync(output);
  });
});
