import { type ChatContext, channelOf, type ChatSocket, roomsOf } from "./chat-context.js";
import {
  type History,
  type HistoryRequest,
  type Joined,
  type JoinRequest,
  MAX_PAGE,
  MAX_ROOMS,
  type Message,
  type Person,
  type Problem,
  type RequestName,
  type Requests,
  type RoomSummary,
  type SendRequest,
} from "./events.js";
import { END, isSame } from "./message-store.js";
import type { RoomLog } from "./room-log.js";

/** A request that cannot be done, told to the client. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

const FIRST_PAGE = 50;
const MOST_ROOMS_LISTED = 50;

type Handlers = {
  readonly [Name in RequestName]: (
    request: Requests[Name][0],
  ) => Requests[Name][1] | Promise<Requests[Name][1]>;
};

/** What each request of this connection does. */
export function createHandlers(context: ChatContext, socket: ChatSocket): Handlers {
  const { store, feed, writer, presence, link, metrics } = context;
  return { join, leave, send, history, rename, rooms };

  async function join({ room, after }: JoinRequest): Promise<Joined> {
    checkRoomFor(room);
    const log = await openFor(room, after ?? 0);
    enter(room);
    // From here on new messages come by themselves; the page is of everything before, or overlaps with them.
    const page = await readPage(log, after === undefined ? { room, before: END } : { room, after });
    return { ...page, head: log.head, presence: presence.of(room) };
  }

  /** The room is open when this returns, even if the last one in it has left meanwhile. */
  async function openFor(room: string, after: number): Promise<RoomLog> {
    for (;;) {
      const log = await feed.open(room, after);
      // Behind what the client has seen on another server: the store knows. A reading that is under way may have begun
      // before that was stored; the one after it has not.
      for (let tries = 0; after > log.head && tries < 2; tries++) await feed.catchUp(room);
      if (feed.isOpen(room)) return log;
    }
  }

  function enter(room: string): void {
    if (!socket.connected) {
      feed.closeUnless(room, isAnyoneIn(room));
      throw new RequestError({ code: "unavailable", message: "the connection is gone" });
    }
    if (socket.rooms.has(channelOf(room))) return;
    try {
      // Others may have been entered while this one was opened.
      checkRoomFor(room);
    } catch (error) {
      feed.closeUnless(room, isAnyoneIn(room));
      throw error;
    }
    void socket.join(channelOf(room));
    presence.enter(room, socket.data.person);
  }

  function checkRoomFor(room: string): void {
    if (socket.rooms.has(channelOf(room)) || roomsOf(socket).length < MAX_ROOMS) return;
    throw new RequestError({ code: "too-many-rooms", message: `at most ${MAX_ROOMS} rooms at a time` });
  }

  function isAnyoneIn(room: string): boolean {
    return socket.nsp.adapter.rooms.has(channelOf(room));
  }

  async function leave({ room }: { room: string }): Promise<null> {
    if (socket.rooms.has(channelOf(room))) {
      presence.leave(room, socket.data.person);
      await socket.leave(channelOf(room));
    }
    return null;
  }

  async function send({ room, id, text }: SendRequest): Promise<Message> {
    const log = await openRoom(room);
    const draft = { room, id, text, author: socket.data.person };
    const known = log.find((message) => isSame(draft, message));
    if (known) return known;
    const stored = metrics.append.startTimer();
    const message = await writer.write(draft);
    stored();
    feed.offer(message);
    link.send("stored", message);
    return message;
  }

  async function history(request: HistoryRequest): Promise<History> {
    return readPage(await openRoom(request.room), request);
  }

  async function openRoom(room: string): Promise<RoomLog> {
    if (!socket.rooms.has(channelOf(room))) {
      throw new RequestError({ code: "not-in-room", message: `join the room "${room}" first` });
    }
    return feed.open(room);
  }

  /** From memory where it is there, as it is after a short absence; otherwise from the store. */
  async function readPage(log: RoomLog, request: HistoryRequest): Promise<History> {
    const { room, after, before = END, limit = after === undefined ? FIRST_PAGE : MAX_PAGE } = request;
    if (after !== undefined) {
      // No further than what is delivered by itself from there on: in places that are being filled just now, a page could
      // miss one and have the next.
      const missed = log.head - after;
      const found =
        log.after(after, limit + 1) ?? (await store.after(room, after, Math.min(limit + 1, missed)));
      return { messages: found.slice(0, limit), more: found.length > limit };
    }
    const found = log.before(before, limit + 1) ?? (await store.before(room, before, limit + 1));
    return { messages: found.slice(-limit), more: found.length > limit };
  }

  function rename({ nickname }: { nickname: string }): Person {
    const person = { ...socket.data.person, nickname };
    socket.data.person = person;
    for (const room of roomsOf(socket)) presence.rename(room, person);
    return person;
  }

  function rooms(): readonly RoomSummary[] {
    return presence.rooms(MOST_ROOMS_LISTED);
  }
}
