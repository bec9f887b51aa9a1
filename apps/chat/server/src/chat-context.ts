import type { FastifyBaseLogger } from "fastify";
import type { Server, Socket } from "socket.io";
import type { ClientToServerEvents, Person, ServerToClientEvents } from "./events.js";
import type { MessageStore } from "./message-store.js";
import type { ChatMetrics } from "./metrics.js";
import type { PresenceBook } from "./presence.js";
import type { RoomFeed } from "./room-feed.js";
import type { RoomWriter } from "./room-writer.js";
import type { ServerLink } from "./server-link.js";

export interface SocketData {
  person: Person;
}

type NoEvents = Record<string, never>;
export type ChatServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;
export type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;

/** What the handlers of a connection work with. */
export interface ChatContext {
  readonly store: MessageStore;
  readonly feed: RoomFeed;
  readonly writer: RoomWriter;
  readonly presence: PresenceBook;
  readonly link: ServerLink;
  readonly metrics: ChatMetrics;
  readonly log: FastifyBaseLogger;
  /** Requests a second of one connection. */
  readonly requestsPerSec: number;
}

const PREFIX = "room:";

/** A room of the chat as Socket.io knows it: clients name rooms, and must not name a connection. */
export function channelOf(room: string): string {
  return PREFIX + room;
}

export function roomOf(channel: string): string | undefined {
  return channel.startsWith(PREFIX) ? channel.slice(PREFIX.length) : undefined;
}

export function roomsOf({ rooms }: ChatSocket): string[] {
  return [...rooms].map(roomOf).filter((room) => room !== undefined);
}
