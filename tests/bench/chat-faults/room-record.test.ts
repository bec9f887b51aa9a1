import assert from "node:assert/strict";
import { RoomRecord, total } from "../../../bench/chat-faults/room-record.js";

describe("bench/chat-faults/room-record", () => {
  let now = 0;
  const recordOf = (guests: number, ...acknowledged: string[]) => {
    const record = new RoomRecord(guests, () => now);
    for (const text of acknowledged) {
      record.sent(text);
      record.acknowledged(text);
    }
    return record;
  };
  const show = (record: RoomRecord, guest: number, ...texts: string[]) => {
    for (const text of texts) record.shown(guest, text);
  };

  beforeEach(() => {
    now = 0;
  });

  it("expects each acknowledged message once at every guest", () => {
    const record = recordOf(2, "guest 1: 1", "guest 1: 2");
    show(record, 0, "guest 1: 1", "guest 1: 2");
    assert.ok(!record.isComplete);
    show(record, 1, "guest 1: 2");
    assert.deepEqual(record.count(), {
      sent: 2,
      acknowledged: 2,
      expected: 4,
      delivered: 3,
      twice: 0,
      disordered: 0,
    });
    show(record, 1, "guest 1: 1");
    assert.ok(record.isComplete);
  });

  it("neither expects a message without an acknowledgement nor counts it as delivered", () => {
    const record = recordOf(1, "guest 1: 1");
    record.sent("guest 1: 2");
    show(record, 0, "guest 1: 2");
    const { sent, acknowledged, expected, delivered } = record.count();
    assert.deepEqual(
      { sent, acknowledged, expected, delivered },
      { sent: 2, acknowledged: 1, expected: 1, delivered: 0 },
    );
  });

  it("counts a message that is shown again as shown twice, and neither as delivered again nor as out of order", () => {
    const record = recordOf(1, "guest 1: 1", "guest 1: 2");
    show(record, 0, "guest 1: 1", "guest 1: 2", "guest 1: 1", "guest 1: 1");
    const { delivered, twice, disordered } = record.count();
    assert.deepEqual({ delivered, twice, disordered }, { delivered: 2, twice: 2, disordered: 0 });
  });

  it("counts what a guest is shown after a later message of the same writer as out of order", () => {
    const record = recordOf(1, "guest 1: 9", "guest 1: 10", "guest 2: 1");
    show(record, 0, "guest 1: 10", "guest 2: 1", "guest 1: 9");
    assert.equal(record.count().disordered, 1);
  });

  it("counts what a guest is shown in another order than the one who was shown the most as out of order", () => {
    const record = recordOf(3, "guest 1: 1", "guest 2: 1", "guest 3: 1");
    show(record, 0, "guest 2: 1", "guest 1: 1");
    show(record, 1, "guest 1: 1", "guest 2: 1", "guest 3: 1");
    show(record, 2, "guest 1: 1", "guest 2: 1");
    assert.equal(record.count().disordered, 1);
  });

  it("times a replay from the new connection until all is shown that others were shown meanwhile", () => {
    const record = recordOf(2);
    show(record, 0, "guest 1: 1");
    show(record, 1, "guest 1: 1");
    record.left(1);
    record.left(1);
    show(record, 0, "guest 1: 2", "guest 1: 3");
    now = 1000;
    record.back(1);
    show(record, 0, "guest 1: 4");
    now = 1200;
    show(record, 1, "guest 1: 2");
    now = 1300;
    show(record, 1, "guest 1: 3");
    assert.deepEqual(record.replaysMs(), [300]);
    assert.equal(record.breaks, 1);
  });

  it("has a replay of no time where nothing was missed, and one without an end where something never came", () => {
    const record = recordOf(2);
    record.left(0);
    record.back(0);
    for (const text of ["guest 1: 1", "guest 1: 2"]) {
      record.left(1);
      show(record, 0, text);
      record.back(1);
    }
    assert.deepEqual(record.replaysMs(), [0, Infinity, Infinity]);
  });

  it("is not told of a loss by the first connection", () => {
    const record = recordOf(1);
    record.back(0);
    assert.deepEqual(record.replaysMs(), []);
  });

  it("adds up the rooms", () => {
    const rooms = [recordOf(1, "guest 1: 1"), recordOf(2, "guest 2: 1")].map((record) => record.count());
    assert.deepEqual(total(rooms), {
      sent: 2,
      acknowledged: 2,
      expected: 3,
      delivered: 0,
      twice: 0,
      disordered: 0,
    });
  });
});
