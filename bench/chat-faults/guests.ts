import { randomUUID } from "node:crypto";
import { ChatClient } from "../../apps/chat/client/src/chat-client.js";
import { Keeper } from "../../apps/chat/client/src/keeper.js";
import { type Wire, clientOver } from "./wire.js";

/** What a guest tells of itself. */
export interface GuestListeners {
  readonly shown: (text: string) => void;
  readonly acknowledged: (text: string) => void;
  /** The connection is lost. */
  readonly left: () => void;
  /** There is a connection, the first or the next; nothing has been said on it yet. */
  readonly back: () => void;
}

export interface GuestOptions {
  readonly wire: Wire;
  readonly room: string;
  readonly nickname: string;
  readonly listeners: GuestListeners;
}

/** Somebody in a room, whatever chat it is. */
export interface Guest {
  readonly isInRoom: () => boolean;
  /** Whether an answer to something said may still come. */
  readonly isWaiting: () => boolean;
  enter(): void;
  say(text: string): void;
  leave(): void;
}

/** Our page's own client, without the page. */
export function slipwayGuest({ wire, room, nickname, listeners }: GuestOptions): Guest {
  const socket = clientOver(wire, { secret: randomUUID(), nickname });
  const waiting = new Set<string>();
  let shown: readonly string[] = [];
  let hasJoined = false;
  const chat = new ChatClient({
    socket,
    keeper: new Keeper(),
    listeners: {
      onConnection(state) {
        if (state === "reconnecting") listeners.left();
      },
      onMessages() {
        const texts = chat.timelineOf(room).messages.map(({ text }) => text);
        // What stands where something else stood is shown anew, with all below it.
        const changed = shown.findIndex((text, index) => texts[index] !== text);
        texts.slice(changed === -1 ? shown.length : changed).forEach(listeners.shown);
        shown = texts;
      },
      onPending() {
        const pending = new Set(chat.pendingOf(room).map(({ text }) => text));
        for (const text of [...waiting].filter((said) => !pending.has(said))) {
          waiting.delete(text);
          listeners.acknowledged(text);
        }
      },
      onPresence: () => (hasJoined = true),
      onRefused: (reason) => process.stderr.write(`${nickname} is refused: ${reason}\n`),
    },
  });
  socket.io.on("open", listeners.back);
  return {
    isInRoom: () => socket.connected && hasJoined,
    isWaiting: () => waiting.size > 0,
    enter() {
      chat.enter(room);
      socket.connect();
    },
    say(text) {
      chat.say(room, text);
      waiting.add(text);
    },
    leave: () => socket.disconnect(),
  };
}

/** The same for bare Socket.io, which has rooms, and nothing for what was missed. */
export function bareGuest({ wire, room, nickname, listeners }: GuestOptions): Guest {
  const socket = clientOver(wire, { nickname });
  // Said without a connection it would go out before the room is joined again, and its writer would never see it.
  const held: string[] = [];
  const unanswered = new Set<string>();
  let isInRoom = false;
  // Socket.io's recovery shows what was missed before it tells of the connection: that is too late for the clock.
  socket.io.on("open", listeners.back);
  socket.on("connect", () => {
    if (socket.recovered) onJoined();
    else socket.emit("join", { room }, onJoined);
  });
  socket.on("disconnect", () => {
    isInRoom = false;
    unanswered.clear();
    listeners.left();
  });
  socket.on("message", ({ text }: { text: string }) => {
    listeners.shown(text);
  });

  function onJoined(): void {
    isInRoom = true;
    held.splice(0).forEach(send);
  }

  function send(text: string): void {
    unanswered.add(text);
    socket.emit("send", { room, id: randomUUID(), text }, () => {
      unanswered.delete(text);
      listeners.acknowledged(text);
    });
  }

  return {
    isInRoom: () => isInRoom,
    isWaiting: () => held.length + unanswered.size > 0,
    enter: () => socket.connect(),
    say(text) {
      if (isInRoom) send(text);
      else held.push(text);
    },
    leave: () => socket.disconnect(),
  };
}
