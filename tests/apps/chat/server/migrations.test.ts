import assert from "node:assert/strict";
import { type Migration, migrate, migrations } from "../../../../apps/chat/server/src/migrations.js";
import { FakeDatabase } from "./fake-database.js";

const FAST = { pollMs: 1 };

describe("apps/chat/server migrations", () => {
  let database: FakeDatabase;
  let done: string[];
  beforeEach(() => {
    database = new FakeDatabase();
    done = [];
  });

  const step =
    (name: string): Migration =>
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      done.push(name);
    };
  const schema = () => [...database.collection("schema").documents.values()];

  it("make a message unique by its author and key", async () => {
    await migrate(database.db);

    assert.deepEqual(database.collection("messages").indexes, [["authorId", "key"]]);
    assert.deepEqual(schema(), [{ _id: "version", version: migrations.length }]);
  });

  it("are done once and in order by servers that start together", async () => {
    const steps = [step("one"), step("two"), step("three")];

    await Promise.all(Array.from({ length: 5 }, () => migrate(database.db, steps, FAST)));

    assert.deepEqual(done, ["one", "two", "three"]);
    assert.deepEqual(schema(), [{ _id: "version", version: 3 }]);
  });

  it("go on where the database is, and leave a newer one as it is", async () => {
    await migrate(database.db, [step("one")]);
    await migrate(database.db, [step("one"), step("two")]);
    await migrate(database.db, [step("one")]);

    assert.deepEqual(done, ["one", "two"]);
    assert.deepEqual(schema(), [{ _id: "version", version: 2 }]);
  });

  it("free the lock and keep the version when a step fails", async () => {
    const failing = () => Promise.reject(new Error("no disk"));

    await assert.rejects(migrate(database.db, [step("one"), failing]), /no disk/);

    assert.deepEqual(schema(), [{ _id: "version", version: 1 }]);
  });

  it("wait for the lock of another server, and take that of one that died", async () => {
    let now = 0;
    await database.collection("schema").insertOne({ _id: "lock", owner: "dead", until: new Date(1000) });
    let polls = 0;
    database.beforeEach = (operation) => {
      if (operation === "insertOne" && ++polls === 5) now = 1001;
    };

    await migrate(database.db, [step("one")], { ...FAST, now: () => now });

    assert.deepEqual(done, ["one"]);
    assert.equal(polls, 6);
  });
});
