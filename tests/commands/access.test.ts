import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import type * as Access from "../../commands/access.js";
import { UserError } from "../../shell/errors.js";
import { Checkout } from "../support/checkout.js";

describe("commands/access", () => {
  let checkout: Checkout;
  let accessRefused: typeof Access.accessRefused;
  before(async () => {
    checkout = Checkout.shared();
    ({ accessRefused } = await checkout.load<typeof Access>("commands/access"));
  });
  after(() => {
    checkout.clear();
  });

  const failure = (path: string, code = "EACCES") => Object.assign(new Error("denied"), { code, path });
  const me = process.getuid?.() ?? 0;
  const message = (path: string, as: string) =>
    `${path}: expected user ${statSync(checkout.folder).uid}, whose it is, got user ${me}; run "sudo ${as}npm run up -- --nodes 5"`;

  it("names the owner of what is under .local, or of the folder that it would be in, and the command", () => {
    const { npm_lifecycle_event: before } = process.env;
    delete process.env.npm_lifecycle_event;
    try {
      const as = me === 0 ? "" : `-u '#${me}' `;
      for (const path of [checkout.local, join(checkout.local, "settings.json"), join(checkout.local, "a/b")])
        assert.equal(accessRefused(failure(path), ["--nodes", "5"])?.message, message(path, as));
    } finally {
      if (before !== undefined) process.env.npm_lifecycle_event = before;
    }
  });

  it("leaves other failures and other places alone", () => {
    assert.equal(accessRefused(failure(join(checkout.local, "lock"), "ENOSPC"), []), undefined);
    assert.equal(accessRefused(failure(`${checkout.local}-of-another`), []), undefined);
    assert.equal(accessRefused(failure("/root/.ssh"), []), undefined);
    assert.equal(accessRefused(new UserError("something else"), []), undefined);
    assert.equal(accessRefused("thrown", []), undefined);
  });
});
