import { setTimeout as sleep } from "node:timers/promises";
import type { Guest, GuestOptions } from "./guests.js";
import { type Count, RoomRecord, total } from "./room-record.js";
import { Wire } from "./wire.js";

const ROOMS = 5;
const ENTER_MS = 60_000;
/** For those who are away, and for the answers that are on their way, when the writing ends. */
const ANSWERS_MS = 60_000;
/** A message that has not come by then is lost. */
const PATIENCE_MS = 10_000;
/** What comes twice comes late. */
const AFTERMATH_MS = 500;

export interface CrowdReport extends Count {
  readonly breaks: number;
  readonly replaysMs: readonly number[];
}

/** Guests in rooms, on all servers, who write in turn. */
export class Crowd {
  readonly #records: readonly RoomRecord[];
  readonly #guests: readonly (Guest & { readonly wire: Wire; readonly say: () => void })[];
  #isOver = false;

  constructor(guestIn: (options: GuestOptions) => Guest, ports: readonly number[], guests: number) {
    const inRoom = (room: number) => Math.ceil((guests - room) / ROOMS);
    this.#records = Array.from({ length: ROOMS }, (_, room) => new RoomRecord(inRoom(room)));
    this.#guests = Array.from({ length: guests }, (_, index) => this.#invite(guestIn, ports, index));
  }

  /** Returns when all are in their rooms. */
  async enter(): Promise<void> {
    for (const guest of this.#guests) {
      guest.enter();
      await sleep(10);
    }
    if (!(await until(ENTER_MS, () => this.#isEverybodyThere()))) throw new Error("some could not enter");
  }

  /** Lets one after the other write, so many messages a second, until the crowd settles. */
  async write(perSecond: number): Promise<void> {
    const started = performance.now();
    for (let count = 0; !this.#isOver;) {
      const due = Math.ceil(((performance.now() - started) / 1000) * perSecond);
      for (; count < due; count++) this.#guests[count % this.#guests.length]?.say();
      await sleep(5);
    }
  }

  /** Cuts everybody's connection again and again, each after a time of its own. */
  async cut(forMs: number, pauseMs: () => number): Promise<void> {
    const end = performance.now() + forMs;
    await Promise.all(
      this.#guests.map(async ({ wire }) => {
        for (let pause = pauseMs(); performance.now() + pause < end; pause = pauseMs()) {
          await sleep(pause);
          wire.cut();
        }
      }),
    );
  }

  /** Ends the writing, waits for what is on its way, and counts. */
  async settle(): Promise<CrowdReport> {
    this.#isOver = true;
    const isAllAnswered = () => !this.#guests.some((guest) => guest.isWaiting());
    await until(ANSWERS_MS, () => this.#isEverybodyThere() && isAllAnswered());
    await until(PATIENCE_MS, () => this.#records.every(({ isComplete }) => isComplete));
    await sleep(AFTERMATH_MS);
    return {
      ...total(this.#records.map((record) => record.count())),
      breaks: this.#records.reduce((sum, { breaks }) => sum + breaks, 0),
      replaysMs: this.#records.flatMap((record) => record.replaysMs()),
    };
  }

  leave(): void {
    this.#isOver = true;
    for (const guest of this.#guests) guest.leave();
  }

  #isEverybodyThere(): boolean {
    return this.#guests.every((guest) => guest.isInRoom());
  }

  #invite(guestIn: (options: GuestOptions) => Guest, ports: readonly number[], index: number) {
    const place = Math.floor(index / ROOMS);
    const record = this.#records[index % ROOMS];
    if (!record) throw new RangeError(`no room for guest ${index}`);
    const nickname = `guest ${index}`;
    const wire = new Wire(ports, index);
    const listeners = {
      shown: (text: string) => {
        record.shown(place, text);
      },
      acknowledged: (text: string) => {
        record.acknowledged(text);
      },
      left: () => {
        record.left(place);
      },
      back: () => {
        record.back(place);
      },
    };
    const guest = guestIn({ wire, room: `room-${index % ROOMS}`, nickname, listeners });
    let number = 0;
    const say = () => {
      const text = `${nickname}: ${++number}`;
      record.sent(text);
      guest.say(text);
    };
    return { ...guest, wire, say };
  }
}

/** Waits until it is so, and tells whether it became so in time. */
async function until(withinMs: number, isSo: () => boolean): Promise<boolean> {
  for (const end = performance.now() + withinMs; !isSo() && performance.now() < end;) await sleep(50);
  return isSo();
}
