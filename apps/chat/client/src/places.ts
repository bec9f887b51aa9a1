import { MAX_ROOMS } from "../../server/src/events.js";
import type { Keeper } from "./keeper.js";
import { roomFrom } from "./words.js";

export const FIRST_ROOM = "lobby";

/** The rooms that this browser's person is in, and how far each has been read. */
export class Places {
  readonly #keeper: Keeper;
  #rooms: string[];

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
    const kept = keeper.get("rooms");
    const names = Array.isArray(kept) ? kept.map((name) => roomFrom(String(name))) : [];
    this.#rooms = [...new Set([FIRST_ROOM, ...names.filter((name) => name !== "")])].slice(0, MAX_ROOMS);
  }

  get rooms(): readonly string[] {
    return this.#rooms;
  }

  /** Whether there was room for one more. */
  add(room: string): boolean {
    if (this.#rooms.includes(room)) return true;
    if (this.#rooms.length >= MAX_ROOMS) return false;
    this.#keep([...this.#rooms, room]);
    return true;
  }

  remove(room: string): void {
    this.#keep(this.#rooms.filter((name) => name !== room));
    this.#keeper.remove(`read.${room}`);
  }

  /** What was said before somebody came is no news to them; what comes after it is, also in an empty room. */
  meet(room: string, last: number): void {
    this.read(room, this.#readUpTo(room, last));
  }

  /** Everything up to this place has been seen. */
  read(room: string, seq: number): void {
    if (seq > this.#readUpTo(room, -1)) this.#keeper.set(`read.${room}`, seq);
  }

  /** A room's places have no gaps, so what is unread is a difference: none in a room that was not met yet. */
  unread(room: string, last: number): number {
    return Math.max(0, last - this.#readUpTo(room, last));
  }

  #readUpTo(room: string, otherwise: number): number {
    const kept = this.#keeper.get(`read.${room}`);
    return typeof kept === "number" ? kept : otherwise;
  }

  #keep(rooms: string[]): void {
    this.#rooms = rooms;
    this.#keeper.set("rooms", rooms);
  }
}
