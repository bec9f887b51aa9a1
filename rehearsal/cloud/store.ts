import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "../../engine/random-provider/wire.js";
import type { Taken } from "./quotas.js";

/** A thing that exists in a cloud: its properties are in clear, as the cloud itself knows them. */
export interface Existing {
  readonly token: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;

  /** Everything that another resource may call it by: its id, its link, its ARN, its name. */
  readonly handles: readonly string[];

  /** Ids of what it refers to. While it exists, those cannot be deleted. */
  readonly holds: readonly string[];

  /** What it takes of the cloud's quotas. */
  readonly takes?: readonly Taken[];

  /** Why it is still there, or its name taken, though it was deleted. */
  readonly remains?: string;
}

/** What exists in the simulated clouds, one file each: it is all there after whatever was killed. */
export class Store {
  private readonly folder: string;
  private readonly things = new Map<string, Existing>();

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
      const thing = JSON.parse(readFileSync(join(folder, file), "utf8")) as Existing;
      this.things.set(keyOf(thing), thing);
    }
  }

  all(): Existing[] {
    return [...this.things.values()];
  }

  find(token: string, id: string): Existing | undefined {
    return this.things.get(keyOf({ token, id }));
  }

  /** The thing of that type which answers to that handle. */
  named(token: string, handle: string): Existing | undefined {
    return this.all().find(
      (thing) => thing.token === token && thing.remains === undefined && thing.handles.includes(handle),
    );
  }

  /** What keeps a thing from being deleted. */
  holdersOf({ id }: Pick<Existing, "id">): Existing[] {
    return this.all().filter(({ holds, remains }) => remains === undefined && holds.includes(id));
  }

  put(thing: Existing): void {
    this.things.set(keyOf(thing), thing);
    const file = this.fileOf(thing);
    writeFileSync(`${file}.new`, JSON.stringify(thing), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /** With what had only been left behind in it. */
  remove(thing: Pick<Existing, "token" | "id">): void {
    for (const left of this.all().filter(
      ({ holds, remains }) => remains !== undefined && holds.includes(thing.id),
    )) {
      this.remove(left);
    }
    this.things.delete(keyOf(thing));
    rmSync(this.fileOf(thing), { force: true });
  }

  private fileOf(thing: Pick<Existing, "token" | "id">): string {
    return join(this.folder, `${createHash("sha256").update(keyOf(thing)).digest("hex").slice(0, 24)}.json`);
  }
}

const keyOf = ({ token, id }: Pick<Existing, "token" | "id">) => `${token} ${id}`;
