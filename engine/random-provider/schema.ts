import { isMap, isUnknown, present, reveal, type Properties } from "./wire.js";

interface TypeOf {
  "an integer": number;
  "a boolean": boolean;
  "a string": string;
  "a map of strings": Record<string, string>;
}

export interface InputSchema {
  readonly type: keyof TypeOf;
  readonly required?: true;
  readonly default?: unknown;
  readonly minimum?: number;
}

export type Schema = Readonly<Record<string, InputSchema>>;

/** The inputs that a schema describes, with their defaults: only the optional ones may be missing. */
export type Args<S extends Schema> = {
  readonly [K in keyof S]: S[K] extends { required: true } | { default: unknown }
    ? TypeOf[S[K]["type"]]
    : TypeOf[S[K]["type"]] | undefined;
};

/** What is wrong with one input. The value is kept apart, because a secret one must not be shown. */
export interface Problem {
  readonly property: string;
  readonly reason: string;
  readonly got?: string;
}

/** Compares the inputs with the schema, one by one; what a preview does not know yet passes. */
export function checkAgainst(schema: Schema, inputs: Properties): Problem[] {
  const given = present(reveal(inputs) as Properties);
  const unknown = Object.keys(given)
    .filter((property) => !Object.hasOwn(schema, property))
    .map((property) => ({
      property,
      reason: `expected one of the inputs ${Object.keys(schema).join(", ")}`,
      got: `"${property}"`,
    }));
  const wrong = Object.entries(schema).flatMap(([property, input]) =>
    checkInput(property, input, given[property]),
  );
  return [...unknown, ...wrong];
}

function checkInput(property: string, input: InputSchema, value: unknown): Problem[] {
  const { type, required, minimum } = input;
  if (value === undefined) return required ? [{ property, reason: `expected ${type}`, got: "nothing" }] : [];
  if (isUnknown(value)) return [];
  if (type === "a map of strings" && isMap(value)) {
    return Object.entries(value).flatMap(([key, entry]) =>
      checkInput(`${property}.${key}`, { type: "a string" }, entry ?? null),
    );
  }
  if (!matches(type, value)) return [{ property, reason: `expected ${type}`, got: kindOf(value) }];
  if (minimum !== undefined && typeof value === "number" && value < minimum) {
    return [{ property, reason: `expected at least ${minimum}`, got: String(value) }];
  }
  return [];
}

function matches(type: InputSchema["type"], value: unknown): boolean {
  switch (type) {
    case "an integer":
      return Number.isSafeInteger(value);
    case "a boolean":
      return typeof value === "boolean";
    case "a string":
      return typeof value === "string";
    case "a map of strings":
      return false;
  }
}

/** Names the kind of a value of the wrong type; never the value, which may be anything. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (Number.isSafeInteger(value)) return "an integer";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer too large" : "a fraction";
  return (
    { boolean: "a boolean", string: "a string", object: "a map" }[typeof value as string] ?? typeof value
  );
}

/** The plain inputs, each with its default, less those that the schema does not know. */
export function withDefaults(schema: Schema, inputs: Properties): Properties {
  const given = present(reveal(inputs) as Properties);
  return present(
    Object.fromEntries(Object.entries(schema).map(([name, input]) => [name, given[name] ?? input.default])),
  );
}
