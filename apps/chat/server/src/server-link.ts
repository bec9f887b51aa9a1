import type { Server } from "socket.io";
import { type ClusterMessage, MessageType } from "socket.io-adapter";
import type { Message } from "./events.js";
import type { PresenceReport } from "./presence.js";

/** What servers tell each other. */
export interface LinkEvents {
  /** A message is in the store. */
  stored: Message;
  presence: PresenceReport;
  /** A server has started and knows nobody; its name. */
  hello: string;
}

export type LinkListeners = { readonly [Name in keyof LinkEvents]: (payload: LinkEvents[Name]) => void };

/** A Socket.io room that no client can be in: clients' rooms have a prefix. */
const SERVERS = "#servers";

interface AdapterWithMessages {
  onMessage?: (message: ClusterMessage, offset?: string) => void;
}

/**
 * The way from server to server: broadcasts of Socket.io's adapter to a room without clients, which each server takes
 * in itself. Broadcasts rather than `serverSideEmit`, which the streams adapter sends outside the stream.
 */
export class ServerLink {
  readonly #io: Server;
  readonly #isUp: () => boolean;

  /** @param isUp Whether what is sent now would go out; otherwise it is dropped, not kept in memory. */
  constructor(io: Server, isUp: () => boolean) {
    this.#io = io;
    this.#isUp = isUp;
  }

  send<Name extends keyof LinkEvents>(event: Name, payload: LinkEvents[Name]): void {
    if (this.#isUp()) this.#io.to(SERVERS).emit(event, payload);
  }

  /** Calls the listeners with what the other servers send; an adapter without other servers has nothing to listen to. */
  listen(listeners: LinkListeners): void {
    const adapter = this.#io.of("/").adapter as AdapterWithMessages;
    const onMessage = adapter.onMessage?.bind(adapter);
    if (!onMessage) return;
    adapter.onMessage = (message, offset) => {
      if (message.type !== MessageType.BROADCAST || !message.data.opts.rooms.includes(SERVERS)) {
        onMessage(message, offset);
        return;
      }
      const [event, payload] = (message.data.packet as { data: [keyof LinkEvents, never] }).data;
      if (Object.hasOwn(listeners, event)) listeners[event](payload);
    };
  }
}
