import { $Enums } from "../../generated/client/client.js";
import { getDatamodel } from "../../generated/pothos.js";

/** A field of a model, as Prisma's generator wrote it down. */
export interface Field {
  readonly name: string;
  readonly kind: string;
  /** A scalar's, an enum's or a model's name. */
  readonly type: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly hasDefaultValue: boolean;
  readonly isUnique: boolean;
  readonly isId: boolean;
  readonly isUpdatedAt?: boolean;
  readonly relationName?: string;
  readonly relationFromFields?: readonly string[];
}

export interface Model {
  readonly name: string;
  /** "post" for Post, and "posts" for several. */
  readonly one: string;
  readonly many: string;
  readonly fields: readonly Field[];
  /** Single columns and enums, without those that only hold a relation's key. */
  readonly values: readonly Field[];
  readonly relations: readonly Field[];
  /** Every combination of fields that finds one row at most. */
  readonly uniques: readonly (readonly Field[])[];
}

interface Described {
  readonly fields: readonly Field[];
  readonly primaryKey: { readonly fields: readonly string[] } | null;
  readonly uniqueIndexes: readonly { readonly fields: readonly string[] }[];
}

const datamodel = getDatamodel() as unknown as {
  readonly datamodel: { readonly models: Readonly<Record<string, Described>> };
};

/** Everything of the schema file that the API is made of. */
export const models: readonly Model[] = Object.entries(datamodel.datamodel.models).map(([name, described]) =>
  modelFrom(name, described),
);

export const enums = $Enums as Readonly<Record<string, Readonly<Record<string, string>>>>;

export function modelNamed(name: string): Model {
  const model = models.find((other) => other.name === name);
  if (!model)
    throw new Error(`expected one of ${models.map((other) => other.name).join(", ")}, got "${name}"`);
  return model;
}

function modelFrom(name: string, { fields, primaryKey, uniqueIndexes }: Described): Model {
  const keys = new Set(fields.flatMap(({ relationFromFields = [] }) => relationFromFields));
  const one = name.charAt(0).toLowerCase() + name.slice(1);
  const combined = [...(primaryKey ? [primaryKey] : []), ...uniqueIndexes].map((index) =>
    index.fields.flatMap((key) => fields.filter((field) => field.name === key)),
  );
  return {
    name,
    one,
    many: pluralOf(one),
    fields,
    values: fields.filter((field) => field.kind !== "object" && !keys.has(field.name)),
    relations: fields.filter((field) => field.kind === "object"),
    uniques: [
      ...fields.filter((field) => field.isId || field.isUnique).map((field) => [field]),
      ...combined.filter((index) => index.length > 1),
    ],
  };
}

/** The plain rules of English; "news" and "sheep" are no good names for a model. */
function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}
