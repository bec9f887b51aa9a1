/** Pulumi's mark of a secret in a state. */
const MARK = "4dabf18193072939515e22adb298388d";

/** A shorter text is found inside of others by chance. */
const SHORTEST_PART = 10;

const COMMON = ["managedFields", "labels", "project"];

/** A text that a resource has, and how a program reads it there. */
export interface Source {
  readonly variable: string;
  readonly text: string;
  readonly expression: string;
}

/** Every text that others may have from a resource: the shorter way to it comes first. */
export function sourcesOf(
  variable: string,
  { id, outputs }: { readonly id?: string; readonly outputs?: unknown },
): Source[] {
  const found: Source[] = [];
  const walk = (value: unknown, expression: string): void => {
    if (typeof value === "string") {
      if (value !== "") found.push({ variable, text: value, expression });
    } else if (Array.isArray(value)) {
      value.forEach((entry, index) => {
        walk(entry, `${expression}[${index}]`);
      });
    } else if (isObject(value)) {
      const secret = secretOf(value);
      if (secret !== undefined) walk(secret.value, expression);
      else
        for (const [key, entry] of Object.entries(value))
          if (isRead(key)) walk(entry, `${expression}[${JSON.stringify(key)}]`);
    }
  };
  walk(id, `${variable}.id`);
  walk(outputs, variable);
  return found.sort((a, b) => a.expression.length - b.expression.length);
}

/** Not what a provider keeps for itself, nor what many have in common and nobody reads from another. */
const isRead = (key: string) => !key.startsWith("__") && !COMMON.includes(key);

/**
 * A value of the state as an expression: what came of other resources is read from them.
 *
 * @param used gets the variables of those resources
 */
export function expressionOf(value: unknown, sources: readonly Source[], used: Set<string>): string {
  if (typeof value === "string") return textExpression(value, sources, used);
  if (Array.isArray(value)) return `[${value.map((entry) => expressionOf(entry, sources, used)).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const secret = secretOf(value);
  if (secret !== undefined) return `pulumi.secret(${expressionOf(secret.value, sources, used)})`;
  const entries = Object.entries(value).map(
    ([key, entry]) =>
      `${JSON.stringify(key)}: ${expressionOf(entry, COMMON.includes(key) ? [] : sources, used)}`,
  );
  return `{ ${entries.join(", ")} }`;
}

function textExpression(text: string, sources: readonly Source[], used: Set<string>): string {
  const whole = sources.find((source) => source.text === text);
  if (whole) {
    used.add(whole.variable);
    return whole.expression;
  }
  const parts = partsOf(text, sources, used);
  return parts.length > 1 ? `pulumi.concat(${parts.join(", ")})` : JSON.stringify(text);
}

/** The text cut at what others have of it, the longest first. */
function partsOf(text: string, sources: readonly Source[], used: Set<string>): string[] {
  const longest = sources
    .filter((source) => source.text.length >= SHORTEST_PART && text.includes(source.text))
    .reduce<Source | undefined>(
      (best, one) => (best && best.text.length >= one.text.length ? best : one),
      undefined,
    );
  if (!longest) return text === "" ? [] : [JSON.stringify(text)];
  used.add(longest.variable);
  const at = text.indexOf(longest.text);
  return [
    ...partsOf(text.slice(0, at), sources, used),
    longest.expression,
    ...partsOf(text.slice(at + longest.text.length), sources, used),
  ];
}

/** What is in a value that an export with its secrets in clear marks as secret. */
export function secretOf(value: unknown): { readonly value: unknown } | undefined {
  if (!isObject(value) || !(MARK in value) || typeof value.plaintext !== "string") return undefined;
  return { value: JSON.parse(value.plaintext) as unknown };
}

export const asSecret = (value: unknown) => ({ [MARK]: "", plaintext: JSON.stringify(value) });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
