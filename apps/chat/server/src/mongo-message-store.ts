import { setTimeout as sleep } from "node:timers/promises";
import { type Collection, type Db, MongoBulkWriteError } from "mongodb";
import type { Message } from "./events.js";
import {
  createMessage,
  type Draft,
  isSame,
  type MessageStore,
  StoreUnavailableError,
} from "./message-store.js";

/** One document a message. */
export interface MessageDocument {
  /** Room and place, so that one place holds one message and a room is one range of this index. */
  _id: string;
  room: string;
  seq: number;
  authorId: string;
  nickname: string;
  /** The sender's key; unique with the author. */
  key: string;
  text: string;
  sentAt: Date;
}

export const MESSAGES = "messages";
const PLACE_DIGITS = 16;
const DUPLICATE_KEY = 11_000;
const MOST_ATTEMPTS = 50;
const LONGEST_PAUSE_MS = 40;
/** Places that are looked at together. */
const AT_ONCE = 15;

/** Messages in MongoDB, or in anything that speaks its protocol and keeps a unique index. */
export class MongoMessageStore implements MessageStore {
  readonly #messages: Collection<MessageDocument>;
  readonly #close: () => Promise<void>;
  #ready = false;
  #plansQueries = true;

  constructor(db: Db, close: () => Promise<void> = () => Promise.resolve()) {
    this.#messages = db.collection<MessageDocument>(MESSAGES);
    this.#close = close;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /**
   * The indexes are there: from now on every promise of the store holds.
   *
   * @param plansQueries Whether the database finds a range of keys by its index. One that does not would go through all
   *   rooms' messages for a page of one: it is asked for each place by itself.
   */
  open({ plansQueries = true } = {}): void {
    this.#plansQueries = plansQueries;
    this.#ready = true;
  }

  append(drafts: readonly Draft[], headOf: () => number): Promise<readonly Message[]> {
    return available(async () => {
      if (!this.#ready) throw new Error("the indexes are not there yet");
      const placed = new Map<Draft, Message>();
      let left = [...drafts];
      let end = 0;
      for (let attempt = 0; left.length > 0; attempt++) {
        if (attempt === MOST_ATTEMPTS) {
          throw new Error(`no place found in ${MOST_ATTEMPTS} attempts`);
        }
        // Others are writing to the same room: one of them has won this round, and not all should try again at once.
        if (attempt > 1) await sleep(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt));
        end = Math.max(end, headOf());
        const messages = left.map((draft, index) => createMessage(draft, end + 1 + index));
        if (await this.#insert(messages)) {
          left.forEach((draft, index) => placed.set(draft, messages[index] as Message));
          break;
        }
        end = await this.#settle(left, end, placed, headOf);
        left = left.filter((draft) => !placed.has(draft));
      }
      return drafts.map((draft) => placed.get(draft) as Message);
    });
  }

  following(room: string, seq: number): Promise<readonly Message[]> {
    return available(async () => {
      const first = await this.#at(room, seq + 1);
      if (!first) return [];
      const next = await Promise.all(range(seq + 2, seq + 1 + AT_ONCE).map((place) => this.#at(room, place)));
      const firstEmpty = next.indexOf(undefined);
      const found = next.slice(0, firstEmpty === -1 ? undefined : firstEmpty) as Message[];
      return [first, ...found];
    });
  }

  after(room: string, seq: number, limit: number): Promise<readonly Message[]> {
    return available(async () => {
      if (!this.#plansQueries) return this.#places(room, seq + 1, seq + limit);
      const range = { $gt: keyOf(room, seq), $lte: endOf(room) };
      const documents = await this.#messages.find({ _id: range }).sort({ _id: 1 }).limit(limit).toArray();
      return documents.map(messageOf);
    });
  }

  before(room: string, seq: number, limit: number): Promise<readonly Message[]> {
    return available(async () => {
      if (!this.#plansQueries) {
        const isBeyondEnd = seq > 1 && !(await this.#at(room, seq - 1));
        const last = isBeyondEnd ? Math.min(seq - 1, await this.#walkToEnd(room, 0)) : seq - 1;
        return this.#places(room, Math.max(1, last - limit + 1), last);
      }
      const range = { $gt: keyOf(room, 0), $lt: keyOf(room, seq) };
      const documents = await this.#messages.find({ _id: range }).sort({ _id: -1 }).limit(limit).toArray();
      return documents.reverse().map(messageOf);
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Whether all of them were inserted; otherwise some, from the first on, may have been. */
  async #insert(messages: readonly Message[]): Promise<boolean> {
    try {
      await this.#messages.insertMany(messages.map(documentOf), { ordered: true });
      return true;
    } catch (error) {
      if (error instanceof MongoBulkWriteError && error.code === DUPLICATE_KEY) {
        return false;
      }
      throw error;
    }
  }

  /**
   * Finds out what became of drafts of which some could not be inserted after `end`, and returns where the room ends as
   * far as is known. It looks at the places themselves, not at the error, in which servers name the index differently or
   * not at all.
   */
  async #settle(
    drafts: readonly Draft[],
    end: number,
    placed: Map<Draft, Message>,
    headOf: () => number,
  ): Promise<number> {
    const { room } = drafts[0] as Draft;
    for (const draft of drafts) {
      const found = await this.#at(room, end + 1);
      if (found && isSame(draft, found)) {
        placed.set(draft, found);
        end += 1;
      } else if (found) {
        const told = headOf();
        return told > found.seq ? told : this.#walkToEnd(room, found.seq);
      } else {
        // The place is free, so it is the key that is taken, or this draft was not reached any more.
        const known = await this.#messages.findOne({ authorId: draft.author.id, key: draft.id });
        if (!known) return end;
        placed.set(draft, messageOf(known));
      }
    }
    return end;
  }

  /**
   * In steps that grow until one is too long, and shrink from there: a place that holds a message has no gap before it.
   * The end is seldom far, and questions that need not be asked make the store slow, so that others are quicker again.
   */
  async #walkToEnd(room: string, seq: number): Promise<number> {
    let end = seq;
    let grows = true;
    for (let step = 1; step >= 1; step = grows ? step * 2 : step / 2) {
      if (await this.#at(room, end + step)) end += step;
      else grows = false;
    }
    return end;
  }

  /** The messages of these places, without those that are empty; it looks no further where many are. */
  async #places(room: string, first: number, last: number): Promise<readonly Message[]> {
    const found: Message[] = [];
    for (let next = first; next <= last; next += AT_ONCE) {
      const messages = await this.#atAll(room, range(next, Math.min(next + AT_ONCE - 1, last)));
      if (messages.length === 0) break;
      found.push(...messages);
    }
    // A place may have been filled after a look at it, and before one at the next: by now it can be read.
    const seen = new Set(found.map(({ seq }) => seq));
    const empty = range(first, found.at(-1)?.seq ?? 0).filter((place) => !seen.has(place));
    return [...found, ...(await this.#atAll(room, empty))].sort((a, b) => a.seq - b.seq);
  }

  async #atAll(room: string, places: readonly number[]): Promise<Message[]> {
    const found = await Promise.all(places.map((place) => this.#at(room, place)));
    return found.filter((message) => message !== undefined);
  }

  /** The filter is the key alone, which even FerretDB answers by an index: toolchain/go/ferretdb sees to that. */
  async #at(room: string, seq: number): Promise<Message | undefined> {
    const document = await this.#messages.findOne({ _id: keyOf(room, seq) });
    return document ? messageOf(document) : undefined;
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

function keyOf(room: string, seq: number): string {
  return `${room}/${String(seq).padStart(PLACE_DIGITS, "0")}`;
}

function endOf(room: string): string {
  return `${room}/${"9".repeat(PLACE_DIGITS)}`;
}

function documentOf({ room, seq, id, author, text, sentAt }: Message): MessageDocument {
  const when = new Date(sentAt);
  const _id = keyOf(room, seq);
  return { _id, room, seq, authorId: author.id, nickname: author.nickname, key: id, text, sentAt: when };
}

function messageOf(document: MessageDocument): Message {
  const { room, seq, key, authorId, nickname, text, sentAt } = document;
  const author = { id: authorId, nickname };
  return { room, seq, id: key, author, text, sentAt: sentAt.toISOString() };
}

/** Only the message is kept: the driver hangs whole documents on its errors, which are people's words. */
async function available<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw error;
    throw new StoreUnavailableError(error instanceof Error ? error.message : String(error));
  }
}
