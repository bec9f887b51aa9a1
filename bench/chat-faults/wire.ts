import { Agent } from "node:http";
import { type Socket as TcpSocket, connect } from "node:net";
import { type Socket, io } from "socket.io-client";

/** One guest's way to the servers: each connection goes to the next of them, and breaks when it is told to. */
export class Wire extends Agent {
  readonly #ports: readonly number[];
  #attempts: number;
  #socket?: TcpSocket;

  constructor(ports: readonly number[], first: number) {
    super();
    this.#ports = ports;
    this.#attempts = first;
  }

  // What the types leave out: Node.js asks an agent for each new connection.
  createConnection(): TcpSocket {
    const port = this.#ports[this.#attempts++ % this.#ports.length] ?? 0;
    this.#socket = connect(port, "127.0.0.1");
    return this.#socket;
  }

  /** Closes the guest's own end at once, without a goodbye of Socket.io's; both sides notice. */
  cut(): void {
    this.#socket?.destroy();
  }
}

/** A client of Socket.io as it comes, with its own way of connecting again, but for websockets at once. */
export function clientOver(wire: Wire, auth: Record<string, string>): Socket {
  const socket = io("http://127.0.0.1", {
    auth,
    transports: ["websocket"],
    autoConnect: false,
    forceNew: true,
  });
  Object.assign(socket.io.opts, { agent: wire });
  return socket;
}
