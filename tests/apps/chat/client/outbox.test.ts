import assert from "node:assert/strict";
import { Keeper } from "../../../../apps/chat/client/src/keeper.js";
import { Outbox } from "../../../../apps/chat/client/src/outbox.js";
import type { Answer, Message, SendRequest } from "../../../../apps/chat/server/src/events.js";

function stored({ room, id, text }: SendRequest): Message {
  return { room, id, text, seq: 1, author: { id: "x", nickname: "x" }, sentAt: "2026-01-01T00:00:00.000Z" };
}

const ok = (request: SendRequest): Answer<Message> => ({ ok: true, value: stored(request) });
const problem = (code: never, retryAfterMs?: number): Answer<Message> => ({
  ok: false,
  error: { code, message: "no", retryAfterMs },
});

describe("apps/chat/client outbox", () => {
  let keeper: Keeper;
  let sent: SendRequest[];
  let pauses: number[];
  let isOnline: boolean;
  beforeEach(() => {
    keeper = new Keeper();
    sent = [];
    pauses = [];
    isOnline = true;
  });

  function outbox(answer: (request: SendRequest) => Answer<Message> = ok): Outbox {
    return new Outbox({
      keeper,
      send(request) {
        sent.push(request);
        return Promise.resolve(answer(request));
      },
      onSent: () => undefined,
      onChange: () => undefined,
      isOnline: () => isOnline,
      pause(ms) {
        pauses.push(ms);
        if (pauses.length === 5) isOnline = false;
        return Promise.resolve();
      },
    });
  }

  it("keeps a message until the server has acknowledged it", async () => {
    isOnline = false;
    const box = outbox();
    box.add("lobby", "hello");
    assert.deepEqual([box.of("lobby").map(({ text }) => text), sent], [["hello"], []]);

    isOnline = true;
    await box.flush("lobby");

    assert.deepEqual([box.of("lobby"), sent.map(({ text }) => text)], [[], ["hello"]]);
  });

  it("sends with the same id until it is acknowledged, waiting as long as the server asks", async () => {
    const box = outbox(() =>
      sent.length < 3 ? problem("unavailable" as never, 700) : ok(sent[0] as SendRequest),
    );

    box.add("lobby", "hello");
    await box.flush("lobby");
    while (box.of("lobby").length > 0) await Promise.resolve();

    assert.deepEqual([new Set(sent.map(({ id }) => id)).size, sent.length, pauses], [1, 3, [700, 700]]);
  });

  it("sends a room's messages one after the other, in the order in which they were written", async () => {
    isOnline = false;
    const box = outbox();
    for (const text of ["a", "b", "c"]) box.add("lobby", text);
    isOnline = true;

    await Promise.all([box.flush("lobby"), box.flush("lobby")]);
    while (box.of("lobby").length > 0) await Promise.resolve();

    assert.deepEqual(
      sent.map(({ text }) => text),
      ["a", "b", "c"],
    );
  });

  it("keeps what was not sent over a reload of the page, under the same id", async () => {
    isOnline = false;
    const first = outbox().add("lobby", "hello");
    const reloaded = outbox();
    assert.deepEqual(reloaded.rooms(), ["lobby"]);

    isOnline = true;
    await reloaded.flush("lobby");

    assert.deepEqual(sent, [{ room: "lobby", text: "hello", id: first.id }]);
    assert.deepEqual(outbox().rooms(), []);
  });

  it("keeps a refused message with the reason, sends those after it, and forgets it when told so", async () => {
    const box = outbox((request) => (request.text === "bad" ? problem("invalid" as never) : ok(request)));
    isOnline = false;
    box.add("lobby", "bad");
    box.add("lobby", "good");
    isOnline = true;

    await box.flush("lobby");

    assert.deepEqual(
      box.of("lobby").map(({ text, refused }) => [text, refused]),
      [["bad", "no"]],
    );
    for (const pending of box.of("lobby")) box.discard(pending);
    assert.deepEqual([box.of("lobby"), keeper.keys("outbox.")], [[], []]);
  });

  it("takes a message for sent that comes back before its acknowledgement", () => {
    isOnline = false;
    const box = outbox();
    const { id } = box.add("lobby", "hello");

    box.acknowledge(stored({ room: "lobby", id, text: "hello" }));

    assert.deepEqual(box.of("lobby"), []);
  });

  it("is not confused by what another program left in the storage", () => {
    keeper.set("outbox.x", { id: 7 });
    keeper.set("outbox.y", "?");

    assert.deepEqual(outbox().rooms(), []);
  });
});
