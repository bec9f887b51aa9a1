const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const DAYS_AGO = 7;
const LOW_ON_ROOM = 200;

/** How long ago, as a person would say it; after a week, the date. */
export function when(createdAt: Date, now: Date, locale?: string): string {
  const seconds = (now.getTime() - createdAt.getTime()) / 1000;
  if (seconds >= DAYS_AGO * 86_400) {
    return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(createdAt);
  }
  const step = STEPS.find(([, length]) => seconds >= length);
  if (!step) {
    return "just now";
  }
  const [unit, length] = step;
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-Math.floor(seconds / length), unit);
}

export function countOf(total: number): string {
  return total === 1 ? "1 entry" : `${total.toLocaleString("en")} entries`;
}

/** How much room is left, once that is worth knowing. */
export function roomLeft(length: number, most: number): string {
  const left = most - length;
  return left <= LOW_ON_ROOM ? `${left} left` : "";
}

/** The beginning of a text, cut between words. */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const cut = text.slice(0, most);
  const lastSpace = cut.search(/\s\S*$/);
  return `${(lastSpace > most / 2 ? cut.slice(0, lastSpace) : cut).trimEnd()}…`;
}
