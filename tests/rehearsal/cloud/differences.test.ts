import assert from "node:assert/strict";
import fc from "fast-check";
import { secret } from "../../../engine/random-provider/wire.js";
import { differences, valuesAt } from "../../../rehearsal/cloud/differences.js";

describe("rehearsal/cloud/differences", () => {
  it("names every leaf that came, went or changed", () => {
    const olds = { size: 1, tags: { a: "1", b: "2" }, zones: ["x", "y"], gone: true };
    const news = { size: 2, tags: { a: "1", c: "3" }, zones: ["x", "z", "w"] };
    assert.deepEqual(differences(olds, news, []), [
      { path: "size", kind: "update", replaces: false },
      { path: "tags.b", kind: "delete", replaces: false },
      { path: "tags.c", kind: "add", replaces: false },
      { path: "zones[1]", kind: "update", replaces: false },
      { path: "zones[2]", kind: "add", replaces: false },
      { path: "gone", kind: "delete", replaces: false },
    ]);
  });

  it("replaces for a path of the table, whatever its place in a list, and for nothing that only begins alike", () => {
    const replaced = (olds: object, news: object) =>
      differences({ ...olds }, { ...news }, ["disks.type", "name"])
        .filter(({ replaces }) => replaces)
        .map(({ path }) => path);
    assert.deepEqual(replaced({ disks: [{ type: "a" }] }, { disks: [{ type: "b" }] }), ["disks[0].type"]);
    assert.deepEqual(replaced({ disks: [{ size: 1 }] }, { disks: [{ size: 2 }] }), []);
    assert.deepEqual(replaced({ nameServers: 1 }, { nameServers: 2 }), []);
  });

  it("replaces when a block goes that holds such a path", () => {
    const [change] = differences({ disk: { type: "a" } }, {}, ["disk.type"]);
    assert.deepEqual(change, { path: "disk", kind: "delete", replaces: true });
  });

  it("takes null and absent for the same, and compares what is secret by its value", () => {
    assert.deepEqual(differences({ a: null }, {}, ["a"]), []);
    assert.deepEqual(differences({ a: secret("x") }, { a: "x" }, ["a"]), []);
    assert.deepEqual(
      differences({ a: secret("x") }, { a: secret("y") }, []).map(({ path }) => path),
      ["a"],
    );
  });

  it("finds nothing between equal inputs, whatever they are", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (inputs) => {
        assert.deepEqual(differences(inputs, structuredClone(inputs), Object.keys(inputs)), []);
      }),
    );
  });

  it("finds the values at a path, through lists too", () => {
    const inputs = { settings: { flags: [{ name: "a" }, { name: "b" }, {}], tier: null } };
    assert.deepEqual(valuesAt(inputs, "settings.flags.name"), ["a", "b"]);
    assert.deepEqual(valuesAt(inputs, "settings.tier"), []);
    assert.deepEqual(valuesAt(inputs, "nothing.at.all"), []);
  });
});
