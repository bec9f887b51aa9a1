import assert from "node:assert/strict";
import { PresenceBook } from "../../../../apps/chat/server/src/presence.js";

const person = (id: string, nickname = id) => ({ id, nickname });
const ids = (book: PresenceBook, room = "lobby") => book.of(room).people.map(({ id }) => id);

describe("apps/chat/server presence", () => {
  let now = 0;
  let one: PresenceBook;
  let two: PresenceBook;
  beforeEach(() => {
    now = 0;
    one = new PresenceBook({ server: "one", now: () => now });
    two = new PresenceBook({ server: "two", now: () => now });
  });

  /** Tells `two` what `one` has not told yet. */
  function tell(): void {
    const report = one.takeReport();
    assert.ok(report);
    two.receive(JSON.parse(JSON.stringify(report)));
  }

  it("counts a person with several connections once, until the last one has gone", () => {
    one.enter("lobby", person("dock"));
    one.enter("lobby", person("dock"));
    one.leave("lobby", person("dock"));
    assert.deepEqual(ids(one), ["dock"]);

    one.leave("lobby", person("dock"));

    assert.deepEqual(ids(one), []);
  });

  it("adds up servers, a person on both once", () => {
    one.enter("lobby", person("dock"));
    one.enter("lobby", person("pier"));
    two.enter("lobby", person("dock"));

    tell();

    assert.deepEqual([ids(two), two.of("lobby").count], [["dock", "pier"], 2]);
  });

  it("reports only what changed, and nothing twice", () => {
    one.enter("lobby", person("dock"));
    one.enter("tea", person("dock"));
    one.takeReport();
    one.leave("tea", person("dock"));

    assert.deepEqual(one.takeReport(), { server: "one", whole: false, rooms: { tea: [] } });
    assert.equal(one.takeReport(), undefined);
  });

  it("says which rooms changed, and not those that a sign of life repeats", () => {
    one.enter("lobby", person("dock"));
    tell();
    assert.deepEqual(two.takeChanged(), ["lobby"]);

    two.receive(one.wholeReport());
    assert.deepEqual(two.takeChanged(), []);

    one.rename("lobby", person("dock", "Dock L."));
    tell();
    assert.deepEqual([two.takeChanged(), two.of("lobby").people], [["lobby"], [person("dock", "Dock L.")]]);
  });

  it("takes a whole report for everything, in rooms with any name", () => {
    one.enter("lobby", person("dock"));
    one.enter("constructor", person("dock"));
    tell();
    one.leave("lobby", person("dock"));
    one.leave("constructor", person("dock"));

    two.receive(one.wholeReport());

    assert.deepEqual(two.rooms(10), []);
  });

  it("forgets a server that says goodbye, and one that has been silent for twelve seconds", () => {
    one.enter("lobby", person("dock"));
    tell();
    two.receive(one.farewell());
    assert.deepEqual(ids(two), []);

    two.receive(one.wholeReport());
    now = 12_000;
    two.expire();
    assert.deepEqual(ids(two), ["dock"]);
    now = 12_001;
    two.expire();

    assert.deepEqual(ids(two), []);
    assert.ok(two.takeChanged().includes("lobby"));
  });

  it("names a hundred people in the order of their names, and counts all", () => {
    for (let index = 149; index >= 0; index--) one.enter("lobby", person(String(index).padStart(3, "0")));

    const { count, people } = one.of("lobby");

    assert.deepEqual([count, people.length, people[0]?.id, people[99]?.id], [150, 100, "000", "099"]);
  });

  it("lists the rooms with the most people first", () => {
    one.enter("tea", person("dock"));
    one.enter("lobby", person("dock"));
    two.enter("lobby", person("pier"));
    two.enter("alone", person("pier"));
    tell();

    assert.deepEqual(two.rooms(2), [
      { room: "lobby", count: 2 },
      { room: "alone", count: 1 },
    ]);
  });
});
