import { readFileSync, writeFileSync } from "node:fs";
import type { Platform } from "../../backup/platform.js";
import type { Dump, Store } from "../../backup/store.js";

/** A store whose content is a text, of as many rows as it has letters. */
export class FakeStore implements Store {
  readonly kind = "mysql";
  readonly name: string;
  readonly namespace = "shop";
  content: string;
  server = "10.11.6";
  /** What goes wrong: by the name of what is asked of it. */
  failing = new Map<"dump" | "restore" | "count", string>();
  readonly #log: string[];

  constructor(name: string, content: string, log: string[]) {
    this.name = name;
    this.content = content;
    this.#log = log;
  }

  version(): Promise<string> {
    return Promise.resolve(this.server);
  }

  dump(file: string): Promise<Dump> {
    this.#note("dump");
    writeFileSync(file, this.content);
    return Promise.resolve({ tool: "fake", counts: { rows: this.content.length }, expiring: {} });
  }

  restore(file: string): Promise<void> {
    this.content = "half";
    this.#note("restore");
    this.content = readFileSync(file, "utf8");
    return Promise.resolve();
  }

  count(): Promise<Record<string, number>> {
    this.#note("count");
    return Promise.resolve({ rows: this.content.length });
  }

  #note(what: "dump" | "restore" | "count"): void {
    this.#log.push(`${what} ${this.name}`);
    const problem = this.failing.get(what);
    if (problem !== undefined) throw new Error(problem);
  }
}

/** A platform of two stores that tells what was done to it, in order. */
export class FakePlatform implements Platform {
  readonly log: string[] = [];
  readonly first = new FakeStore("shop/first", "one", this.log);
  readonly second = new FakeStore("shop/second", "second", this.log);
  all: Store[] = [this.first, this.second];
  stopped = false;

  stores(): Promise<Store[]> {
    return Promise.resolve(this.all);
  }

  stopWriters(stores: Store[]): Promise<void> {
    this.stopped = true;
    this.log.push(`stop the writers of ${stores.map(({ name }) => name).join(", ")}`);
    return Promise.resolve();
  }

  startWriters(): Promise<void> {
    this.stopped = false;
    this.log.push("start");
    return Promise.resolve();
  }

  waitForApps(): Promise<void> {
    this.log.push("wait");
    return Promise.resolve();
  }

  get contents(): string[] {
    return [this.first.content, this.second.content];
  }
}
