import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { ChatClient, type ChatSocket } from "../../../../apps/chat/client/src/chat-client.js";
import { Keeper } from "../../../../apps/chat/client/src/keeper.js";
import type { Joined, JoinRequest, Message, Presence } from "../../../../apps/chat/server/src/events.js";
import { until } from "../server/running-chat.js";

function range(first: number, last: number): Message[] {
  const author = { id: "0123456789abcdef", nickname: "somebody" };
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const seq = first + index;
    return { room: "lobby", seq, id: `m${seq}`, author, text: `m${seq}`, sentAt: "2026-01-01T00:00:00.000Z" };
  });
}

/** A connection to servers that answer a join with these rooms in turn, the last one for ever. */
function connectionTo(...rooms: { head: number; messages: Message[] }[]) {
  const asked: JoinRequest[] = [];
  /** Events in one packet with the next answer. */
  const rest: [event: string, payload: unknown][] = [];
  const emitter = new EventEmitter();
  const socket = Object.assign(emitter, {
    connected: true,
    id: "1",
    timeout: () => ({
      emit(_name: string, request: JoinRequest, acknowledge: (error: null, answer: object) => void) {
        const room = rooms[Math.min(asked.length, rooms.length - 1)];
        asked.push(request);
        const presence = { room: "lobby", count: 0, people: [] };
        const value = { ...room, more: false, presence } as Joined;
        setImmediate(() => {
          acknowledge(null, { ok: true, value });
          rest.splice(0).forEach(([event, payload]) => emitter.emit(event, payload));
        });
      },
    }),
  });
  return { socket: socket as unknown as ChatSocket, connect: () => emitter.emit("connect"), asked, rest };
}

function clientOn(socket: ChatSocket, presences: Presence[] = []): ChatClient {
  const nothing = () => undefined;
  const listeners = {
    onConnection: nothing,
    onMessages: nothing,
    onPending: nothing,
    onPresence: (presence: Presence) => presences.push(presence),
    onRefused: nothing,
  };
  return new ChatClient({ socket, keeper: new Keeper(), listeners, retryMs: 1 });
}

describe("apps/chat/client on a server that knows less than the page", () => {
  it("waits for the server, and keeps what it shows", async () => {
    const late = { head: 7, messages: [] };
    const { socket, connect, asked } = connectionTo({ head: 9, messages: range(1, 9) }, late, late, {
      head: 10,
      messages: range(10, 10),
    });
    const chat = clientOn(socket);
    chat.enter("lobby");
    await until(() => chat.timelineOf("lobby").last === 9);

    connect();
    await until(() => asked.length === 4);
    await until(() => chat.timelineOf("lobby").last === 10);

    assert.equal(chat.timelineOf("lobby").messages.length, 10);
    assert.deepEqual(
      asked.map(({ after }) => after),
      [undefined, 9, 9, 9],
    );
  });

  it("begins anew when the room stays shorter, since somebody has emptied it", async () => {
    const { socket, connect, asked } = connectionTo(
      { head: 9, messages: range(1, 9) },
      { head: 2, messages: range(1, 2) },
    );
    const chat = clientOn(socket);
    chat.enter("lobby");
    await until(() => chat.timelineOf("lobby").last === 9);

    connect();
    await until(() => chat.timelineOf("lobby").last === 2);

    assert.equal(asked.length, 6);
  });
});

describe("apps/chat/client in a room that is left and entered again before the server answers", () => {
  it("joins it no further than that", async () => {
    const { socket, asked } = connectionTo({ head: 1, messages: range(1, 1) });
    const chat = clientOn(socket);
    chat.enter("lobby");
    void chat.leave("lobby");
    chat.enter("lobby");
    await until(() => chat.timelineOf("lobby").last === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));

    assert.equal(asked.filter((request) => "room" in request).length, 3);
  });
});

describe("apps/chat/client on events in one packet with the answer to its joining", () => {
  it("shows the message, and who is there by the latest of them", async () => {
    const { socket, rest } = connectionTo({ head: 1, messages: range(1, 1) });
    const presences: Presence[] = [];
    const chat = clientOn(socket, presences);
    rest.push(["message", range(2, 2)[0]], ["presence", { room: "lobby", count: 2, people: [] }]);

    chat.enter("lobby");
    await until(() => presences.length === 2);

    assert.equal(chat.timelineOf("lobby").last, 2);
    assert.deepEqual(
      presences.map(({ count }) => count),
      [0, 2],
    );
  });
});
