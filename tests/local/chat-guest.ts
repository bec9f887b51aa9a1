import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import type { Socket } from "node:net";
import { ChatClient, type ConnectionState } from "../../apps/chat/client/src/chat-client.js";
import { connect } from "../../apps/chat/client/src/connect.js";
import { Keeper } from "../../apps/chat/client/src/keeper.js";
import type { Message } from "../../apps/chat/server/src/events.js";
import { paths } from "../../shell/paths.js";

/** Leads to this machine, whatever the name, and knows its connections, so that they can be cut. */
export class LocalAgent extends Agent {
  readonly #sockets = new Set<Socket>();

  constructor() {
    super({
      ca: readFileSync(paths.acmeRoot),
      lookup: (_name, { all }, found) => {
        if (all) found(null, [{ address: "127.0.0.1", family: 4 }]);
        else found(null, "127.0.0.1", 4);
      },
    });
  }

  // What the types leave out: Node.js asks an agent for each new connection.
  createConnection(...args: unknown[]): Socket {
    const agent = Agent.prototype as unknown as { createConnection: (...args: unknown[]) => Socket };
    const socket = agent.createConnection.apply(this, args);
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  }

  /** Breaks every connection, as a network does: without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

export interface GuestOptions {
  readonly url: string;
  readonly nickname: string;
  readonly room: string;
  readonly transports?: readonly ("websocket" | "polling")[];
}

/** Somebody at the page, without the page: the same client, in a room, over the platform's entry. */
export class Guest {
  readonly agent = new LocalAgent();
  readonly chat: ChatClient;
  readonly socket: ReturnType<typeof connect>;
  readonly nickname: string;
  readonly room: string;

  /** What the page would have shown, one after the other: what is there once is never taken back. */
  readonly shown: Message[] = [];
  /** Each time that what was shown did not stay as it was. */
  changes = 0;
  refusals: string[] = [];
  joined = false;
  onState: (state: ConnectionState) => void = () => undefined;
  onShown: () => void = () => undefined;

  constructor({ url, nickname, room, transports }: GuestOptions) {
    this.nickname = nickname;
    this.room = room;
    const secret = randomUUID();
    this.socket = connect(url, { introduction: () => ({ secret, nickname }), transports });
    Object.assign(this.socket.io.opts, { agent: this.agent });
    this.chat = new ChatClient({
      socket: this.socket,
      keeper: new Keeper(),
      listeners: {
        onConnection: (state) => {
          this.onState(state);
        },
        onMessages: () => {
          this.#look();
        },
        onPending: () => undefined,
        onPresence: () => (this.joined = true),
        onRefused: (reason) => this.refusals.push(reason),
      },
    });
  }

  enter(): this {
    this.chat.enter(this.room);
    this.socket.connect();
    return this;
  }

  say(text: string): void {
    this.chat.say(this.room, text);
  }

  get texts(): string[] {
    return this.shown.map(({ text }) => text);
  }

  /** Messages that the server has not acknowledged. */
  get waiting(): number {
    return this.chat.pendingOf(this.room).length;
  }

  leave(): void {
    this.socket.disconnect();
    this.agent.destroy();
  }

  #look(): void {
    const { messages } = this.chat.timelineOf(this.room);
    const same = this.shown.every(({ seq }, index) => messages[index]?.seq === seq);
    if (!same) this.changes++;
    this.shown.push(...messages.slice(this.shown.length));
    this.onShown();
  }
}
