import { MAX_PEOPLE, type Person, type Presence, type RoomSummary } from "./events.js";

/** Who is in which room on one server; `whole` replaces all that is known of it. */
export interface PresenceReport {
  readonly server: string;
  readonly whole: boolean;
  readonly rooms: Readonly<Record<string, readonly Person[]>>;
}

export interface PresenceOptions {
  /** This server's name among the others. */
  readonly server: string;

  /**
   * After how long without a report a server's people are gone: it has died without saying so.
   *
   * @default 12000
   */
  readonly expiryMs?: number;

  /** @default the clock */
  readonly now?: () => number;
}

interface Remote {
  seenAt: number;
  readonly rooms: Map<string, readonly Person[]>;
}

interface Here {
  person: Person;
  connections: number;
}

/** Who is in which room, over all servers: each tells the others of its own people. */
export class PresenceBook {
  readonly #server: string;
  readonly #expiryMs: number;
  readonly #now: () => number;
  readonly #here = new Map<string, Map<string, Here>>();
  readonly #remotes = new Map<string, Remote>();
  readonly #unreported = new Set<string>();
  readonly #changed = new Set<string>();

  constructor({ server, expiryMs = 12_000, now = Date.now }: PresenceOptions) {
    this.#server = server;
    this.#expiryMs = expiryMs;
    this.#now = now;
  }

  /** A connection of this person has come in; a person may have several. */
  enter(room: string, person: Person): void {
    const people = this.#here.get(room) ?? new Map<string, Here>();
    this.#here.set(room, people);
    const connections = (people.get(person.id)?.connections ?? 0) + 1;
    people.set(person.id, { person, connections });
    this.#touch(room);
  }

  leave(room: string, { id }: Person): void {
    const people = this.#here.get(room);
    const here = people?.get(id);
    if (!people || !here) return;
    here.connections -= 1;
    if (here.connections > 0) return;
    people.delete(id);
    if (people.size === 0) this.#here.delete(room);
    this.#touch(room);
  }

  rename(room: string, person: Person): void {
    const here = this.#here.get(room)?.get(person.id);
    if (!here) return;
    here.person = person;
    this.#touch(room);
  }

  /** What the other servers have not been told yet, if there is anything. */
  takeReport(): PresenceReport | undefined {
    if (this.#unreported.size === 0) return undefined;
    const rooms = Object.fromEntries([...this.#unreported].map((room) => [room, this.#peopleHere(room)]));
    this.#unreported.clear();
    return { server: this.#server, whole: false, rooms };
  }

  /** Everything, for servers that have missed something, and as a sign of life. */
  wholeReport(): PresenceReport {
    this.#unreported.clear();
    const rooms = Object.fromEntries([...this.#here.keys()].map((room) => [room, this.#peopleHere(room)]));
    return { server: this.#server, whole: true, rooms };
  }

  /** What a server says when it leaves. */
  farewell(): PresenceReport {
    return { server: this.#server, whole: true, rooms: {} };
  }

  receive({ server, whole, rooms }: PresenceReport): void {
    const remote = this.#remotes.get(server) ?? { seenAt: 0, rooms: new Map<string, readonly Person[]>() };
    this.#remotes.set(server, remote);
    remote.seenAt = this.#now();
    if (whole) {
      const gone = [...remote.rooms.keys()].filter((room) => !Object.hasOwn(rooms, room));
      gone.forEach((room) => remote.rooms.delete(room));
      gone.forEach((room) => this.#changed.add(room));
    }
    for (const [room, people] of Object.entries(rooms)) {
      if (isSame(remote.rooms.get(room) ?? [], people)) continue;
      this.#changed.add(room);
      if (people.length > 0) remote.rooms.set(room, people);
      else remote.rooms.delete(room);
    }
    if (remote.rooms.size === 0) this.#remotes.delete(server);
  }

  /** Forgets servers that have been silent for too long. */
  expire(): void {
    for (const [server, { seenAt, rooms }] of this.#remotes) {
      if (this.#now() - seenAt <= this.#expiryMs) continue;
      this.#remotes.delete(server);
      for (const room of rooms.keys()) this.#changed.add(room);
    }
  }

  /** The rooms in which somebody came, went or changed the name since the last call. */
  takeChanged(): readonly string[] {
    const rooms = [...this.#changed];
    this.#changed.clear();
    return rooms;
  }

  of(room: string): Presence {
    const people = this.#everyone(room);
    const byName = [...people.values()].sort((a, b) => order(a.nickname, b.nickname) || order(a.id, b.id));
    return { room, count: people.size, people: byName.slice(0, MAX_PEOPLE) };
  }

  /** The rooms with the most people in them. */
  rooms(most: number): readonly RoomSummary[] {
    const names = new Set(this.#here.keys());
    for (const { rooms } of this.#remotes.values()) for (const room of rooms.keys()) names.add(room);
    const summaries = [...names].map((room) => ({ room, count: this.#everyone(room).size }));
    return summaries.sort((a, b) => b.count - a.count || order(a.room, b.room)).slice(0, most);
  }

  #everyone(room: string): Map<string, Person> {
    const remote = [...this.#remotes.values()].flatMap(({ rooms }) => rooms.get(room) ?? []);
    return new Map([...remote, ...this.#peopleHere(room)].map((person) => [person.id, person]));
  }

  #peopleHere(room: string): Person[] {
    return [...(this.#here.get(room)?.values() ?? [])].map(({ person }) => person);
  }

  #touch(room: string): void {
    this.#unreported.add(room);
    this.#changed.add(room);
  }
}

function isSame(before: readonly Person[], after: readonly Person[]): boolean {
  const names = new Map(before.map(({ id, nickname }) => [id, nickname]));
  return before.length === after.length && after.every(({ id, nickname }) => names.get(id) === nickname);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
