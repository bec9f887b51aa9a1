import { MAX_ROOM_NAME, ROOM_NAME } from "../../server/src/events.js";

/** The time of day, as people of that country write it. */
export function timeOf(sentAt: Date, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(sentAt);
}

/** The day, as a person would call it. */
export function dayOf(sentAt: Date, now: Date, locale?: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(sentAt)) / 86_400_000);
  if (days === 0 || days === 1) {
    const word = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day");
    return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
  }
  return new Intl.DateTimeFormat(locale, { dateStyle: "full" }).format(sentAt);
}

function startOfDay(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

export function peopleHere(count: number): string {
  return count === 1 ? "1 person here" : `${count.toLocaleString("en")} people here`;
}

export function newMessages(count: number): string {
  return count === 1 ? "1 new message" : `${badgeOf(count)} new messages`;
}

/** A number for a small place. */
export function badgeOf(count: number): string {
  return count > 99 ? "99+" : String(count);
}

export function titleOf(room: string, unread: number): string {
  return unread > 0 ? `(${badgeOf(unread)}) ${room} · Chat` : `${room} · Chat`;
}

/** The room's name that somebody meant: "Tea & Cake" is "tea-cake". Empty when nothing of it can be one. */
export function roomFrom(input: string): string {
  const name = input
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_ROOM_NAME)
    .replace(/^-+|-+$/g, "");
  return ROOM_NAME.test(name) ? name : "";
}

/** The room that an address asks for; "" if it asks for none, or was cut off in the middle of a letter. */
export function roomFromHash(hash: string): string {
  try {
    return roomFrom(decodeURIComponent(hash));
  } catch {
    return "";
  }
}

/** One of so many colours, always the same for a person. */
export function colourOf(personId: string, colours: number): number {
  return Math.abs(Number.parseInt(personId.slice(0, 6), 16)) % colours || 0;
}
