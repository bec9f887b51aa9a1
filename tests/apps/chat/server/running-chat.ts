import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Registry } from "prom-client";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { createApp } from "../../../../apps/chat/server/src/app.js";
import { type Chat, type ChatOptions, createChat } from "../../../../apps/chat/server/src/chat.js";
import { Drain } from "../../../../apps/chat/server/src/drain.js";
import type {
  Answer,
  ClientToServerEvents,
  Message,
  Presence,
  RequestName,
  Requests,
  ServerToClientEvents,
} from "../../../../apps/chat/server/src/events.js";
import { MemoryMessageStore, type MessageStore } from "../../../../apps/chat/server/src/message-store.js";
import { Bus } from "./bus.js";

export const ORIGIN = "https://chat.test";

export interface RunningServer {
  readonly url: string;
  readonly chat: Chat;
  readonly drain: Drain;
  readonly registry: Registry;
  stop(): Promise<void>;
}

export interface Client {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  /** Every message event so far. */
  readonly messages: Message[];
  /** Every presence event so far. */
  readonly presences: Presence[];
  ask<Name extends RequestName>(name: Name, request: Requests[Name][0]): Promise<Answer<Requests[Name][1]>>;
  /** The value of a request that must succeed. */
  value<Name extends RequestName>(name: Name, request: Requests[Name][0]): Promise<Requests[Name][1]>;
}

/** Servers and clients of one test, all in this process; `stop` ends whatever is left of them. */
export class Site {
  readonly bus = new Bus();
  readonly #servers: RunningServer[] = [];
  readonly #sockets: Socket[] = [];
  readonly store: MessageStore;

  constructor(store: MessageStore = new MemoryMessageStore()) {
    this.store = store;
  }

  async server(options: Partial<ChatOptions> = {}): Promise<RunningServer> {
    const registry = new Registry();
    const drain = new Drain();
    const { store } = this;
    const app = createApp({ store, registry, drain });
    const chat = createChat(
      app.server,
      { store, registry, log: app.log, adapter: this.bus.adapter as never, isLinkUp: () => this.bus.isUp },
      { origins: [ORIGIN], requestsPerSec: 1000, presenceMs: 10, checkMs: 20, heartbeatMs: 50, ...options },
    );
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const stop = async () => {
      await chat.close();
      await app.close();
    };
    const server = { url: `http://127.0.0.1:${port}`, chat, drain, registry, stop };
    this.#servers.push(server);
    return server;
  }

  /** A socket that is not connected yet. */
  socket(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Client["socket"] {
    const auth = { secret: randomUUID(), nickname: "somebody" };
    const socket = io(url, {
      auth,
      forceNew: true,
      transports: ["websocket"],
      autoConnect: false,
      ...options,
    });
    this.#sockets.push(socket);
    return socket;
  }

  async client(
    { url }: Pick<RunningServer, "url">,
    nickname = "somebody",
    options: Partial<ManagerOptions & SocketOptions> & { secret?: string } = {},
  ): Promise<Client> {
    const { secret = randomUUID(), ...rest } = options;
    const socket = this.socket(url, { auth: { secret, nickname }, ...rest });
    const messages: Message[] = [];
    const presences: Presence[] = [];
    socket.on("message", (message) => messages.push(message));
    socket.on("presence", (presence) => presences.push(presence));
    await once(socket.connect() as never, "connect");
    return { socket, messages, presences, ask, value };

    async function ask(name: string, request: unknown): Promise<never> {
      return (await (socket as Socket).timeout(5000).emitWithAck(name, request)) as never;
    }

    async function value(name: RequestName, request: unknown): Promise<any> {
      const answer = (await ask(name, request)) as Answer<unknown>;
      if (!answer.ok) throw new Error(`${name}: ${answer.error.code}: ${answer.error.message}`);
      return answer.value;
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.disconnect();
    await Promise.all(this.#servers.map((server) => server.stop()));
  }
}

const PATIENCE_MS = 15_000;

/** Resolves when the condition holds. One that never does fails, so that nothing asks on after the test. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${String(condition)}`);
    await sleep(5);
  }
}

/** A message to send. */
export function line(text: string, room = "lobby") {
  return { room, text, id: randomUUID() };
}
