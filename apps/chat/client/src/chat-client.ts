import type { Socket } from "socket.io-client";
import type {
  Answer,
  ClientToServerEvents,
  Joined,
  Message,
  Presence,
  RequestName,
  Requests,
  ServerToClientEvents,
} from "../../server/src/events.js";
import { ask } from "./ask.js";
import type { Keeper } from "./keeper.js";
import { Outbox, type Pending } from "./outbox.js";
import { Timeline } from "./timeline.js";

export type ChatSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

export type ConnectionState = "connecting" | "online" | "reconnecting";

/** What a page wants to hear of; each time it looks up what is new. */
export interface ChatListeners {
  onConnection(state: ConnectionState): void;
  onMessages(room: string): void;
  onPresence(presence: Presence): void;
  onPending(room: string): void;
  /** The server does not take what this page says about itself. */
  onRefused(reason: string): void;
}

export interface ChatClientOptions {
  readonly socket: ChatSocket;
  readonly keeper: Keeper;
  readonly listeners: ChatListeners;
  /** @default 8000 */
  readonly answerTimeoutMs?: number;
  /** How long a message may wait for the one before it until the server is asked. @default 400 */
  readonly patienceMs?: number;
  /** @default 500 */
  readonly retryMs?: number;
}

/** Answers of a server that is behind this page, after which it is believed. */
const MOST_LATE = 5;

/** One person's rooms over one connection that breaks and comes back: nothing is lost, nothing comes twice. */
export class ChatClient {
  readonly #socket: ChatSocket;
  readonly #listeners: ChatListeners;
  readonly #options: Required<Pick<ChatClientOptions, "answerTimeoutMs" | "patienceMs" | "retryMs">>;
  readonly #rooms = new Map<string, Timeline>();
  readonly #begun = new Set<string>();
  readonly #asking = new Set<string>();
  readonly #outbox: Outbox;
  #state: ConnectionState = "connecting";

  constructor({ socket, keeper, listeners, ...options }: ChatClientOptions) {
    const { answerTimeoutMs = 8000, patienceMs = 400, retryMs = 500 } = options;
    this.#options = { answerTimeoutMs, patienceMs, retryMs };
    this.#socket = socket;
    this.#listeners = listeners;
    this.#outbox = new Outbox({
      keeper,
      send: (request) => this.#request("send", request),
      onSent: (message) => {
        this.#receive(message);
      },
      onChange: (room) => {
        listeners.onPending(room);
      },
      isOnline: () => socket.connected,
    });
    this.#listen();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  timelineOf(room: string): Timeline {
    const timeline = this.#rooms.get(room) ?? new Timeline();
    this.#rooms.set(room, timeline);
    return timeline;
  }

  pendingOf(room: string): readonly Pending[] {
    return this.#outbox.of(room);
  }

  enter(room: string): void {
    if (this.#rooms.has(room)) return;
    this.timelineOf(room);
    if (this.#socket.connected) void this.#join(room);
  }

  async leave(room: string): Promise<void> {
    this.#rooms.delete(room);
    this.#begun.delete(room);
    await this.#request("leave", { room });
  }

  say(room: string, text: string): void {
    this.#outbox.add(room, text);
  }

  discard(pending: Pending): void {
    this.#outbox.discard(pending);
  }

  /** Returns whether it went well. */
  async showOlder(room: string): Promise<boolean> {
    const timeline = this.timelineOf(room);
    const before = timeline.messages[0]?.seq ?? timeline.last + 1;
    const answer = await this.#request("history", { room, before });
    if (answer.ok) timeline.prepend(answer.value);
    return answer.ok;
  }

  rename(nickname: string): Promise<Answer<Requests["rename"][1]>> {
    return this.#request("rename", { nickname });
  }

  rooms(): Promise<Answer<Requests["rooms"][1]>> {
    return this.#request("rooms", {});
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.#show("online");
      // Rooms with something to send too, even when the page has none of them open any more.
      for (const room of new Set([...this.#rooms.keys(), ...this.#outbox.rooms()])) void this.#join(room);
    });
    socket.on("disconnect", (reason) => {
      this.#show("reconnecting");
      // Socket.io takes this for final; from a server that is leaving, or has had enough of us, it is not.
      if (reason === "io server disconnect") setTimeout(() => socket.connect(), this.#options.retryMs * 4);
    });
    socket.on("connect_error", (error) => {
      const problem = (error as { data?: { message?: string } }).data;
      if (problem?.message !== undefined) this.#listeners.onRefused(problem.message);
    });
    socket.on("moving", () => {
      socket.disconnect().connect();
    });
    socket.on("message", (message) => {
      this.#receive(message);
    });
    socket.on("presence", (presence) => {
      this.#listeners.onPresence(presence);
    });
  }

  #receive(message: Message): void {
    const { room } = message;
    this.#outbox.acknowledge(message);
    const timeline = this.#rooms.get(room);
    if (!timeline || !this.#begun.has(room)) return;
    if (timeline.receive(message) === "added") this.#listeners.onMessages(room);
    if (!timeline.hasGap) return;
    setTimeout(() => {
      if (timeline.hasGap) void this.#catchUp(room, timeline);
    }, this.#options.patienceMs);
  }

  /** Joins until the server has answered, or the connection is gone, after which it begins anew. */
  async #join(room: string): Promise<void> {
    const timeline = this.timelineOf(room);
    const connection = this.#socket.id;
    let behind = 0;
    const isWanted = () => this.#rooms.get(room) === timeline;
    while (this.#socket.connected && this.#socket.id === connection && isWanted()) {
      const after = this.#begun.has(room) ? { after: timeline.last } : {};
      const outcome: { joined?: Joined } = {};
      // In the answer's own turn: events that come in one packet with it must find the room begun.
      const answer = await this.#request("join", { room, ...after }, (value) => {
        if (!isWanted()) return;
        // A server that knows less than this page may only be late; one that stays so has an emptied room.
        if (value.head < timeline.last && ++behind < MOST_LATE) return;
        this.#begin(room, timeline, value);
        outcome.joined = value;
      });
      const { joined } = outcome;
      if (joined !== undefined) {
        if (joined.more && timeline.last < joined.head) await this.#catchUp(room, timeline);
        void this.#outbox.flush(room);
        return;
      }
      await this.#pause(answer.ok ? undefined : answer.error.retryAfterMs);
    }
  }

  #begin(room: string, timeline: Timeline, joined: Joined): void {
    if (!this.#begun.has(room) || joined.head < timeline.last) {
      timeline.begin(joined, joined.head);
      this.#begun.add(room);
    } else {
      timeline.extend(joined.messages);
    }
    joined.messages.forEach((message) => {
      this.#outbox.acknowledge(message);
    });
    this.#listeners.onPresence(joined.presence);
    this.#listeners.onMessages(room);
  }

  /** Reads what is missing after the last message, page by page. */
  async #catchUp(room: string, timeline: Timeline): Promise<void> {
    if (this.#asking.has(room)) return;
    this.#asking.add(room);
    try {
      for (let more = true; more && this.#socket.connected;) {
        const answer = await this.#request("history", { room, after: timeline.last });
        if (!answer.ok) {
          await this.#pause(answer.error.retryAfterMs);
          continue;
        }
        more = answer.value.more;
        timeline.extend(answer.value.messages);
        this.#listeners.onMessages(room);
      }
    } finally {
      this.#asking.delete(room);
    }
  }

  #request<Name extends RequestName>(
    name: Name,
    request: Requests[Name][0],
    onValue?: (value: Requests[Name][1]) => void,
  ): Promise<Answer<Requests[Name][1]>> {
    return ask(this.#socket, this.#options.answerTimeoutMs, name, request, onValue);
  }

  #pause(ms: number = this.#options.retryMs): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  #show(state: ConnectionState): void {
    this.#state = state;
    this.#listeners.onConnection(state);
  }
}
