import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { parseConfig } from "../../../apps/prisma/src/config.js";

type Row = Readonly<Record<string, string | null>>;

/** What a statement is answered with: rows, done, an error, nothing at all, or the end of the connection. */
export type Reply = readonly Row[] | "ok" | "silence" | "cut" | readonly [errno: number, message: string];

/** A server that speaks enough of MariaDB's protocol for the driver, and answers statements as a test says. */
export class FakeMariaDb {
  readonly statements: { sql: string; connection: number }[] = [];
  /** What the sessions were set to. */
  readonly settings: string[] = [];
  /**
   * What becomes of new connections: ended at once, as by a proxy without a database behind it, left without a word, or
   * ended with the first word, when the driver is about to begin with TLS.
   */
  away: "cut" | "silence" | "tls" | false = false;
  /** What befalls a session that is being set up: its connection's end, or right behind the answer an error that says so. */
  beginning: "cut" | "shutdown" | false = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answer: (sql: string, connection: number) => Reply;
  #connections = 0;

  private constructor(answer: (sql: string, connection: number) => Reply) {
    this.#answer = answer;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
      const connection = ++this.#connections;
      if (this.away === "cut") socket.destroy();
      else if (this.away === "tls") socket.end(packets(0, greeting(connection, TLS)));
      else if (!this.away) this.#serve(socket, connection);
    });
  }

  static async start(answer: (sql: string, connection: number) => Reply): Promise<FakeMariaDb> {
    const fake = new FakeMariaDb(answer);
    await once(fake.#server.listen(0, "127.0.0.1"), "listening");
    return fake;
  }

  get database() {
    const { port } = this.#server.address() as AddressInfo;
    return parseConfig(`databases:
  default: { connector: mysql, host: 127.0.0.1, port: ${port}, user: u, password: p, connectionLimit: 2 }
`).databases.default;
  }

  /** Connections that there have been. */
  get connections(): number {
    return this.#connections;
  }

  /** Connections that there are. */
  get open(): number {
    return this.#sockets.size;
  }

  /** What was asked for by statements that match. */
  sqlOf(pattern: RegExp): string[] {
    return this.statements.map(({ sql }) => sql).filter((sql) => pattern.test(sql));
  }

  /** Ends the connections that there are. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.hangUp();
    await closed;
  }

  #serve(socket: Socket, connection: number): void {
    const prepared: string[] = [];
    let [buffered, authenticated] = [Buffer.alloc(0), false];
    socket.write(packets(0, greeting(connection)));
    socket.on("data", (data) => {
      buffered = Buffer.concat([buffered, data]);
      while (buffered.length >= 4 && buffered.length >= 4 + buffered.readUIntLE(0, 3)) {
        const end = 4 + buffered.readUIntLE(0, 3);
        const [sequence, payload] = [buffered.readUInt8(3), buffered.subarray(4, end)];
        buffered = buffered.subarray(end);
        const reply = authenticated ? this.#reply(payload, prepared, connection) : packets(sequence + 1, OK);
        authenticated = true;
        if (reply === "cut") socket.destroy();
        else if (reply !== "silence") socket.write(reply);
      }
    });
  }

  #reply(payload: Buffer, prepared: string[], connection: number): Buffer | "cut" | "silence" {
    switch (payload[0]) {
      case 0x01: // COM_QUIT
        return "cut";
      case 0x03: // COM_QUERY
        return this.#execute(payload.toString("utf8", 1), connection, textRow);
      case 0x16: {
        // COM_STMT_PREPARE
        const sql = payload.toString("utf8", 1);
        const parameters = sql.split("?").length - 1;
        const head = Buffer.from([0, prepared.push(sql), 0, 0, 0, 0, 0, parameters, 0, 0, 0, 0]);
        const columns = Array.from({ length: parameters }, () => column("?"));
        return packets(1, head, ...columns, ...(parameters > 0 ? [EOF] : []));
      }
      case 0x17: {
        // COM_STMT_EXECUTE, mostly of the one that was prepared last, which is -1
        const id = payload.readInt32LE(1);
        return this.#execute(prepared.at(id === -1 ? -1 : id - 1) ?? "", connection, binaryRow);
      }
      case 0x19: // COM_STMT_CLOSE
        return "silence";
      default: // such as COM_PING
        return packets(1, OK);
    }
  }

  #execute(sql: string, connection: number, encode: (row: Row) => Buffer): Buffer | "cut" | "silence" {
    if (/^SET |@@/.test(sql)) {
      this.settings.push(sql);
      if (this.beginning === "cut") return "cut";
      if (this.beginning === "shutdown") return Buffer.concat([packets(1, OK), packets(0, SHUTDOWN)]);
      return packets(1, OK);
    }
    this.statements.push({ sql, connection });
    const reply = this.#answer(sql, connection);
    if (reply === "ok") return packets(1, OK);
    if (typeof reply === "string") return reply;
    if (isError(reply)) return packets(1, failure(...reply));
    const names = Object.keys(reply[0] ?? { none: "" });
    return packets(1, Buffer.from([names.length]), ...names.map(column), EOF, ...reply.map(encode), EOF);
  }
}

const isError = (reply: readonly unknown[]): reply is readonly [number, string] =>
  typeof reply[0] === "number";

const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0]);
const EOF = Buffer.from([0xfe, 0, 0, 2, 0]);

const TLS = 0x0800;

/** The first packet of a connection, with the capabilities of a server. */
function greeting(connection: number, more = 0): Buffer {
  const [low, high] = [Buffer.alloc(2), Buffer.alloc(2)];
  low.writeUInt16LE(0xa20b | more); // Transactions, the protocol of 4.1, a database at once
  high.writeUInt16LE(0x000f); // Several statements, results, authentication by a plugin
  const id = Buffer.alloc(4);
  id.writeUInt32LE(connection);
  return Buffer.concat([
    Buffer.from("\n5.5.5-10.11.0-MariaDB\0"),
    id,
    Buffer.from("12345678\0"),
    low,
    Buffer.from([45, 2, 0]),
    high,
    Buffer.from([21]),
    Buffer.alloc(10),
    Buffer.from("123456789012\0mysql_native_password\0"),
  ]);
}

function failure(errno: number, message: string, state = "HY000"): Buffer {
  const code = Buffer.alloc(2);
  code.writeUInt16LE(errno);
  return Buffer.concat([Buffer.from([0xff]), code, Buffer.from(`#${state}${message}`)]);
}

const SHUTDOWN = failure(1053, "Server shutdown in progress", "08S01");

/** Of texts, and of times by their names. */
function column(name: string): Buffer {
  const names = ["def", "", "", "", name, name].map(counted);
  const type = name.endsWith("_at") ? 0x0c : 0xfd;
  return Buffer.concat([...names, Buffer.from([0x0c, 45, 0, 0, 1, 0, 0, type, 0, 0, 0, 0, 0])]);
}

const textRow = (row: Row) =>
  Buffer.concat(Object.values(row).map((value) => (value === null ? Buffer.from([0xfb]) : counted(value))));

/** Behind a bit for each column, which none sets: prepared statements here give no NULL. */
const binaryRow = (row: Row) =>
  Buffer.concat([Buffer.alloc(1 + ((Object.keys(row).length + 9) >> 3)), textRow(row)]);

const counted = (text: string) => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);

function packets(sequence: number, ...payloads: Buffer[]): Buffer {
  return Buffer.concat(
    payloads.flatMap((payload, index) => {
      const head = Buffer.alloc(4);
      head.writeUIntLE(payload.length, 0, 3);
      head.writeUInt8((sequence + index) & 0xff, 3);
      return [head, payload];
    }),
  );
}
