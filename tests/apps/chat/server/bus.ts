import { type Adapter, ClusterAdapter, type ClusterMessage } from "socket.io-adapter";

/** What carries messages between servers of one process, and loses them on demand. */
export class Bus {
  readonly #adapters = new Set<BusAdapter>();
  /** What is sent while this is false is lost. */
  isUp = true;
  /** Decides what becomes of each message: its copies, in this order, are given to the others. */
  deliver: (message: ClusterMessage) => readonly ClusterMessage[] = (message) => [message];

  /** What Socket.io calls with `new`, which an arrow function does not take. */
  get adapter() {
    const adapters = this.#adapters;
    const make = (namespace: never) => new BusAdapter(namespace, this);
    return function create(namespace: never): Adapter {
      const adapter = make(namespace);
      adapters.add(adapter);
      return adapter;
    };
  }

  publish(from: BusAdapter, message: ClusterMessage): void {
    if (!this.isUp) return;
    const wire = JSON.parse(JSON.stringify(message));
    for (const copy of this.deliver(wire)) {
      for (const to of this.#adapters) if (to !== from) to.onMessage(copy);
    }
  }
}

class BusAdapter extends ClusterAdapter {
  readonly #bus: Bus;

  constructor(namespace: never, bus: Bus) {
    super(namespace);
    this.#bus = bus;
  }

  override onMessage(message: ClusterMessage): void {
    super.onMessage(message);
  }

  protected override doPublish(message: ClusterMessage): Promise<string> {
    this.#bus.publish(this, message);
    return Promise.resolve("");
  }

  protected override doPublishResponse(): Promise<void> {
    return Promise.resolve();
  }
}
