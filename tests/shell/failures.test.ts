import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../shell/errors.js";
import { explained } from "../../shell/failures.js";
import { local, nearest } from "../../shell/paths.js";

describe("shell/failures", () => {
  const failure = (code: string, path?: string) => Object.assign(new Error(`${code}: raw`), { code, path });
  const messageOf = (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  };

  it("names the owner of what is under .local, or of the folder that it would be in, and the command", () => {
    const { npm_lifecycle_event: before } = process.env;
    const me = process.getuid?.() ?? 0;
    try {
      for (const script of [undefined, "test:rehearsal"]) {
        if (script === undefined) delete process.env.npm_lifecycle_event;
        else process.env.npm_lifecycle_event = script;
        for (const path of [local, join(local, "settings.json"), join(local, "a/b")]) {
          const owner = statSync(nearest(path)).uid;
          const as = owner === 0 ? "" : `-u '#${owner}' `;
          assert.equal(
            messageOf(explained(failure("EACCES", path), ["--nodes", "5"])),
            `${path}: expected user ${owner}, whose it is, got user ${me}; run "sudo ${as}npm run ${script ?? "up"} -- --nodes 5"`,
          );
        }
      }
    } finally {
      if (before === undefined) delete process.env.npm_lifecycle_event;
      else process.env.npm_lifecycle_event = before;
    }
  });

  it("says of a full disk where it is, and what to do", () => {
    const says = 'no space is left on its disk; free some, which "df -h" shows, and run it again';
    for (const path of [join(local, "lock"), "/elsewhere/file"])
      assert.equal(messageOf(explained(failure("ENOSPC", path), [])), `${path}: ${says}`);
    assert.equal(messageOf(explained(failure("ENOSPC"), [])), `${local}: ${says}`);
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
