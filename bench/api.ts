import { median, round, table } from "./figures.js";
import { type Load, sendLoad } from "./load.js";
import type { Server } from "./server.js";

const connections = 32;

/** What came of the requests of one operation, and what they cost. */
export interface Figures extends Load {
  /** Of the server, microseconds a request. */
  cpuUs: number;
}

export interface ApiLoad<Operation extends string> {
  /** The file that says what each operation's request is: see load.mjs. */
  readonly module: string;
  readonly port: number;

  /** Requests of each operation before anything is measured. */
  readonly warmUps: number;

  /** Requests of each operation that are measured. */
  readonly requests: Readonly<Record<Operation, number>>;
}

/** Warms a server up, then measures one operation after the other. */
export async function measureApi<Operation extends string>(
  server: Server,
  { module, port, warmUps, requests }: ApiLoad<Operation>,
): Promise<Record<Operation, Figures>> {
  const operations = Object.keys(requests) as Operation[];
  const send = (operation: Operation, count: number) =>
    sendLoad(module, { port, operation, count, connections });
  for (const operation of operations) await send(operation, warmUps);
  const figures: Partial<Record<Operation, Figures>> = {};
  for (const operation of operations) {
    const before = server.cpuSec();
    const result = await send(operation, requests[operation]);
    figures[operation] = { ...result, cpuUs: ((server.cpuSec() - before) * 1e6) / result.answered };
  }
  return figures as Record<Operation, Figures>;
}

/** The rounds of several contenders, by name. */
export class ApiResults<Operation extends string> {
  readonly #rounds: Readonly<Record<string, readonly Readonly<Record<Operation, Figures>>[]>>;

  constructor(rounds: Readonly<Record<string, readonly Readonly<Record<Operation, Figures>>[]>>) {
    this.#rounds = rounds;
  }

  /** Median over the rounds. */
  of(name: string, operation: Operation, figure: keyof Figures): number {
    return median(this.#roundsOf(name).map((result) => result[operation][figure]));
  }

  /** Requests answered a second. */
  perSec(name: string, operation: Operation): number {
    return this.of(name, operation, "answered") / this.of(name, operation, "wallSec");
  }

  /** Prints a table for each operation, and how they were measured. */
  print(remark = ""): void {
    const names = Object.keys(this.#rounds);
    const [first] = Object.values(this.#rounds).flat();
    for (const operation of Object.keys(first ?? {}) as Operation[]) {
      table(
        [operation, "requests", "CPU, us", "requests/s", "p50, ms", "p99, ms"],
        names.map((name) => [
          name,
          this.#roundsOf(name).reduce((total, result) => total + result[operation].answered, 0),
          round(this.of(name, operation, "cpuUs")),
          Math.round(this.perSec(name, operation)),
          round(this.of(name, operation, "p50Ms")),
          round(this.of(name, operation, "p99Ms")),
        ]),
      );
    }
    const rounds = Math.max(...names.map((name) => this.#roundsOf(name).length));
    process.stdout.write(
      `medians of ${rounds} rounds, ${connections} connections${remark}; Node.js ${process.version}\n`,
    );
  }

  #roundsOf(name: string) {
    return this.#rounds[name] ?? [];
  }
}
