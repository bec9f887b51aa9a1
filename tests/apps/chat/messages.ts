import { randomUUID } from "node:crypto";
import type { Message } from "../../../apps/chat/server/src/events.js";
import type { Draft } from "../../../apps/chat/server/src/message-store.js";

export const AUTHOR = { id: "0123456789abcdef", nickname: "somebody" };

export function message(seq: number): Message {
  return {
    room: "lobby",
    seq,
    id: `m${seq}`,
    author: AUTHOR,
    text: `m${seq}`,
    sentAt: "2026-01-01T00:00:00.000Z",
  };
}

export function draft(text: string, room = "lobby", id: string = randomUUID()): Draft {
  return { room, id, author: AUTHOR, text };
}

/** Of this id, with which a sender can send it again. */
export const draftOf = (id: string): Draft => draft(id, "lobby", id);

export const texts = (messages: readonly Message[]) => messages.map(({ text }) => text);
export const places = (messages: readonly Message[] = []) => messages.map(({ seq }) => seq);
