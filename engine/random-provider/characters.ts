import { randomInt } from "node:crypto";
import type { Args, Problem } from "./schema.js";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const NUMERIC = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** The inputs that RandomString and RandomPassword share: all of them. */
export const charactersSchema = {
  keepers: { type: "a map of strings" },
  length: { type: "an integer", required: true, minimum: 1 },
  lower: { type: "a boolean", default: true },
  minLower: { type: "an integer", default: 0, minimum: 0 },
  minNumeric: { type: "an integer", default: 0, minimum: 0 },
  minSpecial: { type: "an integer", default: 0, minimum: 0 },
  minUpper: { type: "an integer", default: 0, minimum: 0 },
  /** The old name of `numeric`: each is the other's default, and `true` is that of both. */
  number: { type: "a boolean" },
  numeric: { type: "a boolean" },
  overrideSpecial: { type: "a string" },
  special: { type: "a boolean", default: true },
  upper: { type: "a boolean", default: true },
} as const;

export type CharactersArgs = Args<typeof charactersSchema>;

export function completeCharacters(args: Partial<CharactersArgs>): Partial<CharactersArgs> {
  const { numeric = args.number ?? true, number = numeric } = args;
  return { ...args, numeric, number };
}

export function checkCharacters(args: Partial<CharactersArgs>): Problem[] {
  const { length, lower, upper, special, number, numeric } = args;
  const problems: Problem[] = [];

  const least = minimumLength(args);
  if (length !== undefined && length < least) {
    problems.push({
      property: "length",
      reason: `expected at least ${least}, the sum of minLower, minUpper, minNumeric and minSpecial`,
      got: String(length),
    });
  }
  if (number !== undefined && numeric !== undefined && number !== numeric) {
    problems.push({
      property: "number",
      reason: `expected the same as numeric (${numeric}), of which it is the old name`,
      got: String(number),
    });
  }
  if ([lower, upper, special, numeric].every((included) => included === false)) {
    problems.push({
      property: "lower",
      reason: "expected at least one of lower, upper, numeric and special to be true",
      got: "false for all",
    });
  }
  return problems;
}

/**
 * A string of exactly `length` characters. As in the real provider, a minimum holds even for a class that is
 * switched off: the switches decide only about the characters beyond the minimums.
 */
export function randomCharacters(args: CharactersArgs): string {
  const special = args.overrideSpecial || SPECIAL;
  const all = [
    args.lower && LOWER,
    args.upper && UPPER,
    args.numeric && NUMERIC,
    args.special && special,
  ].filter((alphabet) => alphabet !== false && alphabet !== undefined);

  const characters = [
    ...pick(args.minLower, LOWER),
    ...pick(args.minUpper, UPPER),
    ...pick(args.minNumeric, NUMERIC),
    ...pick(args.minSpecial, special),
    ...pick(args.length - minimumLength(args), all.join("")),
  ];
  return shuffle(characters).join("");
}

function minimumLength(args: Partial<CharactersArgs>): number {
  const { minLower = 0, minUpper = 0, minNumeric = 0, minSpecial = 0 } = args;
  return minLower + minUpper + minNumeric + minSpecial;
}

function pick(count: number, alphabet: string): string[] {
  const characters = Array.from(alphabet);
  return Array.from({ length: count }, () => characters[randomInt(characters.length)] as string);
}

/** Fisher and Yates' shuffle: every order is equally likely. */
function shuffle<T>(items: T[]): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
  return items;
}
