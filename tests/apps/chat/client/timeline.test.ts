import assert from "node:assert/strict";
import fc from "fast-check";
import { Timeline } from "../../../../apps/chat/client/src/timeline.js";
import type { Message } from "../../../../apps/chat/server/src/events.js";
import { message } from "../messages.js";

function range(first: number, last: number): Message[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => message(first + index));
}

const shown = ({ messages }: Timeline) => messages.map(({ seq }) => seq);

describe("apps/chat/client timeline", () => {
  it("shows every message once and in order, however live ones and replays mix", () => {
    const live = fc.record({ kind: fc.constant("live"), seq: fc.integer({ min: 1, max: 40 }) });
    const replay = fc.record({ kind: fc.constant("replay"), seq: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.array(fc.oneof(live, replay), { maxLength: 80 }), (events) => {
        const timeline = new Timeline();
        timeline.begin({ messages: [], more: false }, 0);
        for (const { kind, seq } of events) {
          if (kind === "live") timeline.receive(message(seq));
          // A server answers with what comes after the place that it was told, which may be known by now.
          else timeline.extend(range(Math.max(1, timeline.last - 3), seq));
        }
        assert.deepEqual(
          shown(timeline),
          range(1, timeline.last).map(({ seq }) => seq),
        );
        timeline.extend(range(timeline.last + 1, 40));
        assert.deepEqual([shown(timeline).length, timeline.hasGap], [40, false]);
      }),
    );
  });

  it("holds back what comes too early, and says so", () => {
    const timeline = new Timeline();
    timeline.begin({ messages: range(1, 2), more: false }, 2);

    assert.deepEqual(
      [timeline.receive(message(4)), shown(timeline), timeline.hasGap],
      ["early", [1, 2], true],
    );
    assert.deepEqual(
      [timeline.receive(message(3)), shown(timeline), timeline.hasGap],
      ["added", [1, 2, 3, 4], false],
    );
    assert.equal(timeline.receive(message(4)), "duplicate");
  });

  it("begins with a page, and with the live messages that overtook it", () => {
    const timeline = new Timeline();
    timeline.receive(message(51));
    timeline.receive(message(50));

    timeline.begin({ messages: range(1, 50), more: true }, 50);

    assert.deepEqual([shown(timeline).length, timeline.last, timeline.hasOlder], [51, 51, true]);
  });

  it("begins anew with the page of a room that was emptied", () => {
    const timeline = new Timeline();
    timeline.begin({ messages: range(1, 9), more: false }, 9);

    timeline.begin({ messages: range(1, 2), more: false }, 2);

    assert.deepEqual([shown(timeline), timeline.last], [[1, 2], 2]);
  });

  it("takes a replay for whole, whatever the places are", () => {
    const timeline = new Timeline();
    timeline.begin({ messages: [message(1)], more: false }, 1);
    timeline.receive(message(4));

    timeline.extend([message(3), message(4)]);

    assert.deepEqual([shown(timeline), timeline.hasGap], [[1, 3, 4], false]);
  });

  it("puts earlier pages in front, without what is there already", () => {
    const timeline = new Timeline();
    timeline.begin({ messages: range(51, 60), more: true }, 60);

    timeline.prepend({ messages: range(41, 51), more: false });

    assert.deepEqual([shown(timeline)[0], shown(timeline).length, timeline.hasOlder], [41, 20, false]);
  });
});
