import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { withCheckout } from "../../preview/checkout.js";

describe("preview/checkout", () => {
  let repository: string;
  const git = (...args: string[]) =>
    execa("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: repository });
  const write = (name: string, text: string) => writeFile(join(repository, name), text);
  const lock = (version: number) =>
    JSON.stringify({ name: "a", version: `${version}.0.0`, lockfileVersion: 3, packages: {} });
  const silent = () => undefined;

  beforeEach(async () => {
    repository = await realpath(await mkdtemp(join(tmpdir(), "slipway-repository-")));
    await git("init", "--quiet", "--initial-branch", "main");
    await write("package.json", JSON.stringify({ name: "a", version: "1.0.0" }));
    await write("package-lock.json", lock(1));
    await write("file", "old");
    await git("add", ".");
    await git("commit", "--quiet", "--message", "old");
    await mkdir(join(repository, "node_modules"));
    await write("node_modules/ours", "");
    await write("file", "new");
  });
  afterEach(() => rm(repository, { recursive: true }));

  it("gives the files of a ref, changes nothing here, and leaves nothing behind", async () => {
    const folder = await withCheckout(repository, "main", silent, async (checkout) => {
      assert.equal(await readFile(join(checkout.folder, "file"), "utf8"), "old");
      assert.equal(checkout.commit, (await git("rev-parse", "HEAD")).stdout);
      return checkout.folder;
    });
    assert.equal(existsSync(folder), false);
    assert.equal(await readFile(join(repository, "file"), "utf8"), "new");
    assert.equal((await git("worktree", "list")).stdout.split("\n").length, 1);
    assert.ok(existsSync(join(repository, "node_modules/ours")));
  });

  it("leaves nothing behind when the work fails", async () => {
    const failing = withCheckout(repository, "main", silent, () => Promise.reject(new Error("it does")));
    await assert.rejects(failing, /it does/);
    assert.equal((await git("worktree", "list")).stdout.split("\n").length, 1);
  });

  it("takes the packages that are here when that state has the same lock", async () => {
    await withCheckout(repository, "main", silent, async ({ folder }) => {
      assert.equal((await lstat(join(folder, "node_modules"))).isSymbolicLink(), true);
      assert.ok(existsSync(join(folder, "node_modules/ours")));
    });
  });

  it("installs that state's own packages when its lock is another", async () => {
    await write("package-lock.json", lock(2));
    const told: string[] = [];
    await withCheckout(
      repository,
      "main",
      (line) => told.push(line),
      ({ folder }) => {
        assert.equal(existsSync(join(folder, "node_modules/ours")), false);
        return Promise.resolve();
      },
    );
    assert.deepEqual(told, ["installing that state's dependencies"]);
  });

  it("takes no option of git's for a ref, and says what to do about an unknown one", async () => {
    for (const ref of ["nowhere", "--help", "-n1"]) {
      await assert.rejects(
        withCheckout(repository, ref, silent, () => Promise.resolve()),
        { message: `expected a git ref that is here, got "${ref}"; run "git fetch" first` },
      );
    }
  });
});
