import assert from "node:assert/strict";
import fc from "fast-check";
import { RoomLog } from "../../../../apps/chat/server/src/room-log.js";
import { message, places } from "../messages.js";

describe("apps/chat/server room log", () => {
  it("lets every message out once and in order, in whatever order and however often they come", () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 120 });
    fc.assert(
      fc.property(arrivals, (order) => {
        const log = new RoomLog([]);
        const out = [...order, ...Array.from({ length: 30 }, (_, index) => index + 1)].flatMap((seq) =>
          log.add(message(seq)),
        );

        assert.deepEqual(
          places(out),
          Array.from({ length: 30 }, (_, index) => index + 1),
        );
        assert.equal(log.hasGap, false);
      }),
    );
  });

  it("knows what comes after and before a place as long as that is all in memory", () => {
    const log = new RoomLog([]);
    for (let seq = 1; seq <= 300; seq++) log.add(message(seq));

    assert.deepEqual(places(log.after(297, 10)), [298, 299, 300]);
    assert.deepEqual(places(log.after(100, 2)), [101, 102]);
    assert.equal(log.after(99, 2), undefined);
    assert.deepEqual(places(log.after(300, 5)), []);
    assert.deepEqual(places(log.before(104, 3)), [101, 102, 103]);
    assert.equal(log.before(103, 3), undefined);
  });

  it("knows that nothing comes before the first message", () => {
    const log = new RoomLog([message(1), message(2)]);

    assert.deepEqual(places(log.before(10, 50)), [1, 2]);
    assert.deepEqual(new RoomLog([]).before(10, 50), []);
  });
});
