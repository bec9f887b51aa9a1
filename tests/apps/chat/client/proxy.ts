import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What stands between browsers and servers: it leads each connection to the next server, and can cut them. */
export class Proxy {
  readonly #connections = new Set<Socket>();
  #url = "";
  /** Addresses of the servers that connections are led to. */
  targets: string[] = [];
  #next = 0;

  readonly #server = createServer((client) => {
    const target = this.targets[this.#next++ % this.targets.length];
    if (target === undefined) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(target);
    const upstream = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#connections.add(from);
      from.pipe(to);
      from.on("error", () => undefined);
      from.on("close", () => {
        this.#connections.delete(from);
        to.destroy();
      });
    }
  });

  get url(): string {
    return this.#url;
  }

  async start(...targets: string[]): Promise<this> {
    this.targets = targets;
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  /** Breaks every connection, as a network does: with a reset and without a word. */
  cut(): void {
    for (const connection of this.#connections) connection.resetAndDestroy();
  }

  stop(): void {
    this.cut();
    this.#server.close();
  }
}
