import { io } from "socket.io-client";
import type { Introduction } from "../../server/src/events.js";
import type { ChatSocket } from "./chat-client.js";

export interface ConnectOptions {
  /** Asked at each connection, so that a new nickname is told too. */
  readonly introduction: () => Introduction;
  readonly transports?: readonly ("websocket" | "polling")[];
  /** How long until the first try to connect again. @default 200 */
  readonly reconnectionDelayMs?: number;
}

/** A connection that is made again quickly, and by a way through which a proxy without websockets lets it. */
export function connect(serverUrl: string, options: ConnectOptions): ChatSocket {
  const { introduction, transports, reconnectionDelayMs = 200 } = options;
  return io(serverUrl, {
    auth: (callback) => {
      callback({ ...introduction() });
    },
    transports: [...(transports ?? ["websocket", "polling"])],
    tryAllTransports: true,
    // The load balancer's cookie keeps a polling client on one server.
    withCredentials: true,
    reconnectionDelay: reconnectionDelayMs,
    reconnectionDelayMax: 3000,
    randomizationFactor: 0.5,
    timeout: 5000,
    autoConnect: false,
    forceNew: true,
  });
}
