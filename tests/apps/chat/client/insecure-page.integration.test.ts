import assert from "node:assert/strict";
import { createHash, webcrypto } from "node:crypto";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import type { Identity } from "../../../../apps/chat/client/src/identity.js";
import type { Keeper } from "../../../../apps/chat/client/src/keeper.js";
import type { Outbox } from "../../../../apps/chat/client/src/outbox.js";

const src = join(import.meta.dirname, "../../../../apps/chat/client/src");
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface Page {
  readonly Identity: typeof Identity;
  readonly Keeper: typeof Keeper;
  readonly Outbox: typeof Outbox;
}

/** The page's modules as a browser gets them, with what it has of cryptography on a page that came without TLS. */
async function insecurePage(): Promise<Page> {
  const modules = ["identity", "keeper", "outbox"].map((name) => `export * from "./${name}.ts";`);
  const { outputFiles } = await build({
    stdin: { contents: modules.join("\n"), resolveDir: src },
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "page",
    write: false,
  });
  const crypto = { getRandomValues: (bytes: Uint8Array) => webcrypto.getRandomValues(bytes) };
  return runInNewContext(`${outputFiles[0]?.text}; page`, { crypto, TextEncoder, setTimeout });
}

describe("apps/chat/client page that came without TLS", () => {
  let page: Page;
  before(async () => (page = await insecurePage()));

  it("knows its person by the id that the server makes of their secret", () => {
    const identity = new page.Identity(new page.Keeper());
    const { secret } = identity.introduction();

    assert.match(secret, UUID);
    assert.equal(identity.id, createHash("sha256").update(secret).digest("hex").slice(0, 16));
  });

  it("makes everybody a secret of their own, and keeps it", () => {
    const keeper = new page.Keeper();
    const [first, again, other] = [keeper, keeper, new page.Keeper()].map(
      (kept) => new page.Identity(kept).introduction().secret,
    );

    assert.equal(first, again);
    assert.notEqual(first, other);
  });

  it("gives each message an id of its own", () => {
    const outbox = new page.Outbox({
      keeper: new page.Keeper(),
      send: () => new Promise(() => undefined),
      onSent: () => undefined,
      onChange: () => undefined,
      isOnline: () => false,
    });
    const ids = ["hello", "hello"].map((text) => outbox.add("lobby", text).id);

    for (const id of ids) assert.match(id, UUID);
    assert.equal(new Set(ids).size, 2);
  });
});
