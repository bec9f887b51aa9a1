/** The contract between server and client: every event, what it carries, and what comes back. */

export const MAX_TEXT = 2000;
export const MAX_NICKNAME = 32;
export const MAX_ROOM_NAME = 32;
/** Rooms that one connection may be in. */
export const MAX_ROOMS = 20;
/** Messages in one answer. */
export const MAX_PAGE = 100;
/** People whose names are told; their number is always exact. */
export const MAX_PEOPLE = 100;

/** Small letters, digits and single dashes between them. */
export const ROOM_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export interface Person {
  /** The same on every connection of a browser, and nothing that lets others pose as it. */
  readonly id: string;
  readonly nickname: string;
}

export interface Message {
  readonly room: string;
  /** Place in the room: 1, 2, 3, … without a gap, the same for everyone. */
  readonly seq: number;
  /** The sender's own key, which makes sending the same message twice harmless. */
  readonly id: string;
  readonly author: Person;
  readonly text: string;
  /** ISO 8601, UTC, by the server's clock. */
  readonly sentAt: string;
}

export type ProblemCode =
  | "internal"
  | "invalid"
  | "not-in-room"
  | "rate-limited"
  | "too-many-rooms"
  | "unavailable"
  | "unknown-event";

export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** When the same request may succeed; none when it never will. */
  readonly retryAfterMs?: number;
}

/** Every request gets one of these two, always. */
export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Problem };

export interface JoinRequest {
  room: string;
  /** Place of the last message that the client has; without it the newest page comes. */
  after?: number;
}

export interface HistoryRequest {
  room: string;
  /** Messages after this place, oldest first. */
  after?: number;
  /** The newest messages before this place. */
  before?: number;
  /** @default 50 */
  limit?: number;
}

export interface SendRequest {
  room: string;
  /** A UUID of the client's making; the same one when it sends the message again. */
  id: string;
  text: string;
}

/** Oldest first, without a gap. */
export interface History {
  readonly messages: readonly Message[];
  /** Whether there are more in the direction that was asked for. */
  readonly more: boolean;
}

export interface Joined extends History {
  /** Place of the newest message of the room; 0 when it has none. */
  readonly head: number;
  readonly presence: Presence;
}

export interface Presence {
  readonly room: string;
  readonly count: number;
  /** The first `MAX_PEOPLE` of them by name. */
  readonly people: readonly Person[];
}

export interface RoomSummary {
  readonly room: string;
  readonly count: number;
}

/** Each request's payload and the value of its answer. */
export interface Requests {
  join: [request: JoinRequest, value: Joined];
  leave: [request: { room: string }, value: null];
  send: [request: SendRequest, value: Message];
  history: [request: HistoryRequest, value: History];
  rename: [request: { nickname: string }, value: Person];
  rooms: [request: Record<string, never>, value: readonly RoomSummary[]];
}

export type RequestName = keyof Requests;

export type ClientToServerEvents = {
  [Name in RequestName]: (
    request: Requests[Name][0],
    acknowledge: (answer: Answer<Requests[Name][1]>) => void,
  ) => void;
};

export interface ServerToClientEvents {
  /** A message of a room that the client is in; each room's come in order, each once. */
  message: (message: Message) => void;
  presence: (presence: Presence) => void;
  /** This server is about to leave: connect again now, to another one. */
  moving: () => void;
}

/** What a client says about itself when it connects, as `auth`. */
export interface Introduction {
  /** A UUID that only this browser knows: whoever has it speaks as this person. */
  secret: string;
  nickname: string;
}
