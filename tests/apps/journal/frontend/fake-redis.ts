import { type AddressInfo, type Server, type Socket, createServer } from "node:net";

/** What a command is answered with: RESP as it is, or "cut" to end the connection instead of an answer. */
export type Answer = (command: string[], connection: number) => string;

/** A server that speaks enough of Redis' protocol for a client to connect, and answers the rest as a test says. */
export class FakeRedis {
  readonly commands: { command: string[]; connection: number }[] = [];
  readonly #server: Server;
  readonly #sockets = new Map<number, Socket>();
  #connections = 0;

  private constructor(answer: Answer) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#serve(socket, this.#connections++, answer);
    });
  }

  static async start(answer: Answer): Promise<FakeRedis> {
    const redis = new FakeRedis(answer);
    await new Promise<void>((resolve) => redis.#server.listen(0, "127.0.0.1", resolve));
    return redis;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => {
        if (error) reject(error);
        else resolve(count);
      });
    });
  }

  /** Says something that nobody has asked for, as to a subscriber. */
  say(connection: number, text: string): void {
    this.#sockets.get(connection)?.write(text);
  }

  /** Ends a connection when all is read that was said on it. */
  hangUp(connection: number): void {
    this.#sockets.get(connection)?.end();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets.values()) socket.destroy();
    await closed;
  }

  #serve(socket: Socket, connection: number, answer: Answer): void {
    this.#sockets.set(connection, socket);
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (data) => {
      text += data.toString("utf8");
      for (let parsed = parse(text); parsed; parsed = parse(text)) {
        text = parsed.rest;
        const reply = greeting(parsed.command) ?? this.#record(parsed.command, connection, answer);
        if (reply === "cut") {
          socket.destroy();
          return;
        }
        socket.write(reply);
      }
    });
  }

  #record(command: string[], connection: number, answer: Answer): string {
    this.commands.push({ command, connection });
    return answer(command, connection);
  }
}

export const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

function greeting([name = ""]: string[]): string | undefined {
  switch (name.toLowerCase()) {
    case "info":
      return bulk("redis_version:7.0.15\r\nrole:master\r\nloading:0\r\n");
    case "client":
    case "auth":
    case "hello":
      return "+OK\r\n";
    default:
      return undefined;
  }
}

/** The first whole command of the text, in the only form in which clients send one; ASCII only. */
function parse(text: string): { command: string[]; rest: string } | undefined {
  const count = /^\*(\d+)\r\n/.exec(text);
  if (!count) return undefined;
  let at = count[0].length;
  const command: string[] = [];
  for (let index = 0; index < Number(count[1]); index++) {
    const length = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (!length) return undefined;
    at += length[0].length;
    const end = at + Number(length[1]);
    if (text.length < end + 2) return undefined;
    command.push(text.slice(at, end));
    at = end + 2;
  }
  return { command, rest: text.slice(at) };
}
