import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../shell/errors.js";
import { commandAgain, explained } from "../../shell/failures.js";
import { local, nearest } from "../../shell/paths.js";

describe("shell/failures", () => {
  const failure = (code: string, path?: string) => Object.assign(new Error(`${code}: raw`), { code, path });
  const messageOf = (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  };
  const { npm_lifecycle_event: before } = process.env;
  afterEach(() => {
    if (before === undefined) delete process.env.npm_lifecycle_event;
    else process.env.npm_lifecycle_event = before;
  });

  it("gives the command that ran, with its arguments, to be run by whoever it takes", () => {
    process.env.npm_lifecycle_event = "test:rehearsal";
    assert.equal(commandAgain([]), "npm run test:rehearsal");
    assert.equal(commandAgain(["dev", "a b"], 0), "sudo npm run test:rehearsal -- dev 'a b'");
    assert.equal(commandAgain(["dev"], 1000), "sudo -u '#1000' npm run test:rehearsal -- dev");
    delete process.env.npm_lifecycle_event;
    assert.equal(commandAgain(["--nodes", "5"]), "npm run up -- --nodes 5");
  });

  it("names the owner of what is under .local, or of the folder that it would be in, and the command", () => {
    const me = process.getuid?.() ?? 0;
    for (const path of [local, join(local, "settings.json"), join(local, "a/b")]) {
      const owner = statSync(nearest(path)).uid;
      assert.equal(
        messageOf(explained(failure("EACCES", path), ["--nodes", "5"])),
        `${path}: expected user ${owner}, whose it is, got user ${me}; run "${commandAgain(["--nodes", "5"], owner)}"`,
      );
    }
  });

  it("says of a full disk where it is, if it can, and what to do", () => {
    process.env.npm_lifecycle_event = "backup";
    const todo =
      '"df -h" and "df -i" show which are full; free some, then run "npm run backup -- --output /mnt/x"';
    const said = (path?: string) => messageOf(explained(failure("ENOSPC", path), ["--output", "/mnt/x"]));
    assert.equal(said("/mnt/x"), `there is no space left on the disk of /mnt/x; ${todo}`);
    assert.equal(said(), `there is no space left on a disk that this command writes to; ${todo}`);
  });

  it("leaves other failures and other places as they are", () => {
    const others = [
      failure("EACCES", `${local}-of-another`),
      failure("EACCES", "/root/.ssh"),
      failure("EACCES"),
      failure("EIO", join(local, "lock")),
      new UserError("something else"),
      "thrown",
    ];
    for (const other of others) assert.equal(explained(other, []), other);
  });
});
