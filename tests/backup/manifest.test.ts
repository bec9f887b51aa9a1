import assert from "node:assert/strict";
import { describeCounts, differences, parseManifest } from "../../backup/manifest.js";
import { manifestOf, partOf } from "./backup-file.js";

const part = partOf("prisma/mysql", "x");

function problems(document: object): string[] {
  try {
    parseManifest(JSON.stringify(document));
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
}

describe("backup/manifest", () => {
  it("is read as it was written", () => {
    const manifest = manifestOf(part);
    assert.deepEqual(parseManifest(JSON.stringify(manifest)), manifest);
    assert.deepEqual(manifest, {
      format: "slipway-backup",
      formatVersion: 1,
      createdAt: "2026-11-21T20:45:00.000Z",
      program: "0.1.0",
      stack: "local",
      parts: [part],
    });
  });

  it("is refused when it is none", () => {
    assert.throws(() => parseManifest("{"), { message: "manifest.json: expected JSON, got something else" });
    for (const other of [[], "text", null, { format: "tar" }] as object[])
      assert.deepEqual(problems(other), ["manifest.json: expected a backup of slipway, got something else"]);
  });

  it("is refused with who wrote it when it is of a newer format, whatever else is in it", () => {
    assert.deepEqual(
      problems({ ...manifestOf(part), formatVersion: 2, program: "0.9.0", parts: "elsewhere" }),
      [
        "manifest.json: expected format 1 at most, got 2, which slipway 0.9.0 has written; restore it with that version",
      ],
    );
  });

  it("is refused with every problem at once", () => {
    const broken = { ...part, sha256: "no", counts: { posts: -1 }, password: "x" };
    const found = problems({ ...manifestOf(part), formatVersion: 0, parts: [broken] });
    assert.deepEqual(
      found.map((problem) => problem.split(": ").slice(0, 2).join(": ")),
      [
        "manifest.json: formatVersion",
        "manifest.json: parts.0.sha256",
        "manifest.json: parts.0.counts.posts",
        "manifest.json: parts.0",
      ],
    );
  });

  it("is refused without a part, and with a store or a file twice", () => {
    assert.equal(problems(manifestOf()).length, 1);
    assert.deepEqual(problems(manifestOf(part, part)), [
      "manifest.json: parts: expected each store once",
      "manifest.json: parts: expected each file once",
    ]);
  });

  it("tells counts in the store's own words", () => {
    assert.equal(describeCounts("mysql", { "blog.posts": 1, "blog.users": 20 }), "2 tables, 21 rows");
    assert.equal(describeCounts("mongodb", { "chat.messages": 1 }), "1 collection, 1 document");
    assert.equal(describeCounts("redis", { db0: 3, db2: 4 }), "7 keys");
    assert.equal(describeCounts("redis", {}), "0 keys");
  });

  it("finds no difference where there is none, and each one where there are", () => {
    const before = { ...part, counts: { a: 1, b: 2, c: 0 } };
    assert.deepEqual(differences(before, { a: 1, b: 2, c: 0 }), []);
    assert.deepEqual(differences(before, { a: 1, b: 3, d: 0 }), [
      "prisma/mysql: b: expected 2, got 3",
      "prisma/mysql: c: expected 0, got nothing",
      "prisma/mysql: d: expected nothing, got 0",
    ]);
    assert.deepEqual(differences(before, { b: 2 }), [
      "prisma/mysql: a: expected 1, got nothing",
      "prisma/mysql: c: expected 0, got nothing",
    ]);
  });

  it("lets go what expires by itself, and nothing else", () => {
    const redis = partOf("journal/redis", "x", { counts: { db0: 5, db1: 2 }, expiring: { db0: 2, db1: 2 } });
    for (const db0 of [3, 4, 5]) assert.deepEqual(differences(redis, { db0 }), []);
    assert.deepEqual(differences(redis, { db0: 2, db1: 2 }), ["journal/redis: db0: expected 3 to 5, got 2"]);
    assert.deepEqual(differences(redis, { db0: 6 }), ["journal/redis: db0: expected 3 to 5, got 6"]);
  });
});
