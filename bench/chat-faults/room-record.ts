/** What became of the messages of a room, or of several. */
export interface Count {
  readonly sent: number;
  readonly acknowledged: number;
  /** Acknowledged messages times the guests of the room. */
  readonly expected: number;
  /** Of those. */
  readonly delivered: number;
  /** Shown to somebody who had been shown it before. */
  readonly twice: number;
  /** Shown after a later one of the same writer, or of the guest who was shown the most. */
  readonly disordered: number;
}

interface Reader {
  /** Everything that was shown, repetitions too. */
  readonly shown: string[];
  /** How many messages were known when the connection was lost; none while it stands. */
  leftAt?: number;
  /** What the others were shown meanwhile, since the connection is back. */
  owed?: { readonly since: number; readonly texts: Set<string> };
}

/** Follows the messages of one room, each with a text of its own, "writer: number", and those who read them. */
export class RoomRecord {
  readonly #now: () => number;
  readonly #sent = new Set<string>();
  readonly #acknowledged = new Set<string>();
  /** What anybody was shown, in the order in which the first one was. */
  readonly #known = new Set<string>();
  readonly #readers: readonly Reader[];
  readonly #replaysMs: number[] = [];
  #breaks = 0;

  constructor(guests: number, now = () => performance.now()) {
    this.#now = now;
    this.#readers = Array.from({ length: guests }, () => ({ shown: [] }));
  }

  sent(text: string): void {
    this.#sent.add(text);
  }

  acknowledged(text: string): void {
    this.#acknowledged.add(text);
  }

  shown(guest: number, text: string): void {
    const reader = this.#reader(guest);
    reader.shown.push(text);
    this.#known.add(text);
    reader.owed?.texts.delete(text);
    this.#closeReplay(reader);
  }

  /** The guest's connection is lost. */
  left(guest: number): void {
    const reader = this.#reader(guest);
    if (reader.leftAt !== undefined) return;
    this.#breaks++;
    this.#giveUpReplay(reader);
    reader.leftAt = this.#known.size;
  }

  /** The guest has a connection again. */
  back(guest: number): void {
    const reader = this.#reader(guest);
    if (reader.leftAt === undefined) return;
    const texts = new Set([...this.#known].slice(reader.leftAt));
    reader.owed = { since: this.#now(), texts };
    delete reader.leftAt;
    this.#closeReplay(reader);
  }

  get breaks(): number {
    return this.#breaks;
  }

  /** Whether everybody was shown all that was acknowledged. */
  get isComplete(): boolean {
    return this.#readers.every(({ shown }) => this.#deliveredOf(shown) === this.#acknowledged.size);
  }

  /**
   * From each new connection until the guest was shown all that the others were shown in its absence; without an end
   * where that never came. Ends the record.
   */
  replaysMs(): number[] {
    for (const reader of this.#readers) this.#giveUpReplay(reader);
    return [...this.#replaysMs];
  }

  count(): Count {
    const lists = this.#readers.map(({ shown }) => shown);
    const sum = (of: (shown: string[]) => number) => lists.reduce((total, shown) => total + of(shown), 0);
    const places = placesIn(lists);
    return {
      sent: this.#sent.size,
      acknowledged: this.#acknowledged.size,
      expected: this.#acknowledged.size * lists.length,
      delivered: sum((shown) => this.#deliveredOf(shown)),
      twice: sum((shown) => shown.length - new Set(shown).size),
      disordered: sum((shown) => disorderedIn(shown, places)),
    };
  }

  #reader(guest: number): Reader {
    const reader = this.#readers[guest];
    if (!reader) throw new RangeError(`expected a guest below ${this.#readers.length}, got ${guest}`);
    return reader;
  }

  #deliveredOf(shown: readonly string[]): number {
    return [...new Set(shown)].filter((text) => this.#acknowledged.has(text)).length;
  }

  #closeReplay(reader: Reader): void {
    if (reader.owed?.texts.size !== 0) return;
    this.#replaysMs.push(this.#now() - reader.owed.since);
    delete reader.owed;
  }

  #giveUpReplay(reader: Reader): void {
    if (reader.owed) this.#replaysMs.push(Infinity);
    delete reader.owed;
  }
}

export function total(counts: readonly Count[]): Count {
  const sum = (of: (count: Count) => number) => counts.reduce((all, count) => all + of(count), 0);
  return {
    sent: sum(({ sent }) => sent),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    expected: sum(({ expected }) => expected),
    delivered: sum(({ delivered }) => delivered),
    twice: sum(({ twice }) => twice),
    disordered: sum(({ disordered }) => disordered),
  };
}

/** Each message's place for the guest who was shown the most. */
function placesIn(lists: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const different = lists.map((shown) => [...new Set(shown)]);
  const [fullest = []] = different.sort((a, b) => b.length - a.length);
  return new Map(fullest.map((text, place) => [text, place]));
}

function disorderedIn(shown: readonly string[], places: ReadonlyMap<string, number>): number {
  const numbers = new Map<string, number>();
  let lastPlace = -1;
  let disordered = 0;
  for (const text of new Set(shown)) {
    const [writer = "", number = ""] = text.split(": ");
    const lastNumber = numbers.get(writer) ?? 0;
    const place = places.get(text) ?? lastPlace;
    if (Number(number) < lastNumber || place < lastPlace) disordered++;
    numbers.set(writer, Math.max(lastNumber, Number(number)));
    lastPlace = Math.max(lastPlace, place);
  }
  return disordered;
}
