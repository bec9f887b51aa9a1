import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store, type Existing } from "../../../rehearsal/cloud/store.js";

const thing = (id: string, more: Partial<Existing> = {}): Existing => ({
  token: "cloud:thing",
  id,
  inputs: { size: 1 },
  outputs: { size: 1 },
  handles: [id],
  holds: [],
  ...more,
});

describe("rehearsal/cloud/store", () => {
  let folder: string;
  let store: Store;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-store-"));
    store = new Store(folder);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("knows after a kill everything that it was told before", () => {
    store.put(thing("a", { handles: ["a", "link/a"] }));
    store.put(thing("b", { holds: ["a"] }));
    store.remove(thing("b"));
    assert.deepEqual(new Store(folder).all(), store.all());
    assert.equal(new Store(folder).named("cloud:thing", "link/a")?.id, "a");
  });

  it("tells who holds a thing", () => {
    store.put(thing("network"));
    store.put(thing("subnet", { holds: ["network"] }));
    assert.deepEqual(
      store.holdersOf({ id: "network" }).map(({ id }) => id),
      ["subnet"],
    );
  });

  it("does not find by name what was deleted and only remains, nor lets that hold anything", () => {
    store.put(thing("network"));
    store.put(thing("connection", { holds: ["network"], remains: "it was abandoned" }));
    assert.equal(store.named("cloud:thing", "connection"), undefined);
    assert.deepEqual(store.holdersOf({ id: "network" }), []);
  });

  it("takes away with a thing what only remained in it", () => {
    store.put(thing("network"));
    store.put(thing("connection", { holds: ["network"], remains: "it was abandoned" }));
    store.remove(thing("network"));
    assert.deepEqual(new Store(folder).all(), []);
  });
});
