import { randomUUID } from "node:crypto";
import { ChatClient, type ConnectionState } from "../../../../apps/chat/client/src/chat-client.js";
import { connect } from "../../../../apps/chat/client/src/connect.js";
import { Keeper } from "../../../../apps/chat/client/src/keeper.js";
import type { Presence } from "../../../../apps/chat/server/src/events.js";

/** Somebody at the page, without the page: the same client over the same connection. */
export class Person {
  readonly keeper: Keeper;
  readonly socket: ReturnType<typeof connect>;
  readonly chat: ChatClient;
  readonly states: ConnectionState[] = [];
  readonly refusals: string[] = [];
  presence: Presence | undefined;

  constructor(url: string, nickname = "somebody", keeper = new Keeper()) {
    const secret = randomUUID();
    this.keeper = keeper;
    this.socket = connect(url, {
      introduction: () => ({ secret, nickname }),
      transports: ["websocket"],
      reconnectionDelayMs: 20,
    });
    this.chat = new ChatClient({
      socket: this.socket,
      keeper,
      patienceMs: 20,
      retryMs: 20,
      listeners: {
        onConnection: (state) => this.states.push(state),
        onMessages: () => undefined,
        onPending: () => undefined,
        onPresence: (presence) => {
          this.presence = presence;
        },
        onRefused: (reason) => this.refusals.push(reason),
      },
    });
  }

  enter(room = "lobby"): this {
    this.chat.enter(room);
    this.socket.connect();
    return this;
  }

  /** What stands on the page. */
  shown(room = "lobby"): string[] {
    return this.chat.timelineOf(room).messages.map(({ text }) => text);
  }
}
