import type { Builder } from "./builder.js";
import { type Field, type Model, enums, modelNamed } from "./models.js";

/** What Pothos takes for the type of an argument; the names are made here, so no type can know them. */
export type InputType = never;

interface InputField {
  readonly type: unknown;
  readonly required?: boolean;
}

const SCALARS: Readonly<Record<string, string>> = {
  String: "String",
  Int: "Int",
  Float: "Float",
  Boolean: "Boolean",
  DateTime: "DateTime",
  BigInt: "BigInt",
  Decimal: "Decimal",
  Json: "Json",
  Bytes: "Bytes",
};

/**
 * The input types of all models, each made when it is first asked for. Their shapes are those of the arguments that
 * Prisma's client takes, so a resolver hands them on as they are.
 */
export class Inputs {
  readonly #builder: Builder;
  readonly #made = new Map<string, unknown>();

  constructor(builder: Builder) {
    this.#builder = builder;
    for (const [name, values] of Object.entries(enums)) {
      this.#made.set(name, builder.enumType(name, { values: Object.values(values) }));
    }
    this.#made.set("SortOrder", builder.enumType("SortOrder", { values: ["asc", "desc"] as const }));
  }

  /** The type of a single value, for arguments and for answers. */
  value(field: Field): InputType {
    return (
      field.kind === "enum" ? this.#made.get(field.type) : (SCALARS[field.type] ?? "String")
    ) as InputType;
  }

  where(model: Model): InputType {
    return this.#input(`${model.name}Where`, () => {
      const self = this.where(model);
      return {
        AND: { type: [self] },
        OR: { type: [self] },
        NOT: { type: [self] },
        ...each(model.values, (field) => ({ type: this.#filter(field) })),
        ...each(model.relations, (field) => {
          const other = this.where(modelNamed(field.type));
          return { type: field.isList ? this.#listFilter(field, other) : other };
        }),
      };
    });
  }

  whereUnique(model: Model): InputType {
    return this.#input(`${model.name}WhereUnique`, () =>
      Object.fromEntries(
        model.uniques.map((fields) => {
          const [only, ...more] = fields;
          if (only && more.length === 0) return [only.name, { type: this.value(only) }];
          const name = fields.map((field) => field.name).join("_");
          const combined = () => each(fields, (field) => ({ type: this.value(field), required: true }));
          return [name, { type: this.#input(`${model.name}_${name}`, combined) }];
        }),
      ),
    );
  }

  orderBy(model: Model): InputType {
    const order = { type: this.#made.get("SortOrder") };
    return this.#input(`${model.name}OrderBy`, () => ({
      ...each(
        model.values.filter(({ isList }) => !isList),
        () => order,
      ),
      ...each(
        model.relations.filter(({ isList }) => !isList),
        (field) => ({
          type: this.orderBy(modelNamed(field.type)),
        }),
      ),
    }));
  }

  /** @param from The relation that leads here, whose other side is known then. */
  create(model: Model, from?: Field): InputType {
    return this.#input(`${model.name}Create${withoutOther(model, from)}`, () => ({
      ...each(model.values, (field) => ({
        type: this.#listed(field),
        required: field.isRequired && !field.hasDefaultValue && !field.isUpdatedAt && !field.isList,
      })),
      ...each(otherRelations(model, from), (field) => ({
        type: this.#nested(field, "create"),
        required: field.isRequired && !field.isList,
      })),
    }));
  }

  update(model: Model): InputType {
    return this.#input(`${model.name}Update`, () => ({
      ...each(
        model.values.filter(({ isId }) => !isId),
        (field) => ({ type: this.#listed(field) }),
      ),
      ...each(model.relations, (field) => ({ type: this.#nested(field, "update") })),
    }));
  }

  /** What may be done to the other side of a relation in the same write. */
  #nested(field: Field, within: "create" | "update"): InputType {
    const other = modelNamed(field.type);
    const opposite = oppositeOf(field, other);
    const may = within === "update" && (field.isList || !field.isRequired) && !holdsRequired(opposite);
    const name = `${other.name}${field.isList ? "List" : ""}${may ? "Change" : "Choice"}${withoutOther(other, field)}`;
    return this.#input(name, () => {
      const create = this.create(other, field);
      const unique = this.whereUnique(other);
      const many = (type: unknown) => ({ type: field.isList ? [type] : type });
      return {
        create: many(create),
        connect: many(unique),
        ...(may && (field.isList ? { disconnect: many(unique) } : { disconnect: { type: "Boolean" } })),
      };
    });
  }

  #filter(field: Field): InputType {
    const type = this.value(field);
    const name = `${field.type}${field.isList ? "List" : ""}Filter`;
    return this.#input(name, () => ({
      equals: { type },
      in: { type: [type] },
      notIn: { type: [type] },
      not: { type },
      ...(/^(String|Int|Float|DateTime|BigInt|Decimal)$/.test(field.type) && {
        lt: { type },
        lte: { type },
        gt: { type },
        gte: { type },
      }),
      ...(field.type === "String" && { contains: { type }, startsWith: { type }, endsWith: { type } }),
    }));
  }

  #listFilter(field: Field, where: InputType): InputType {
    return this.#input(`${field.type}ListFilter`, () => ({
      some: { type: where },
      every: { type: where },
      none: { type: where },
    }));
  }

  #listed(field: Field): unknown {
    return field.isList ? [this.value(field)] : this.value(field);
  }

  #input(name: string, fields: () => Readonly<Record<string, InputField>>): InputType {
    const made = this.#made.get(name);
    if (made) return made as InputType;
    const ref = this.#builder.inputRef(name);
    // Before its fields, which may lead back to it.
    this.#made.set(name, ref);
    ref.implement({
      fields: (t) =>
        Object.fromEntries(
          Object.entries(fields()).map(([key, { type, required = false }]) => [
            key,
            t.field({ type: type as InputType, required: required as never }),
          ]),
        ),
    });
    return ref as unknown as InputType;
  }
}

function each(fields: readonly Field[], input: (field: Field) => InputField): Record<string, InputField> {
  return Object.fromEntries(fields.map((field) => [field.name, input(field)]));
}

/** The same relation, seen from the other model. */
function oppositeOf(field: Field, other: Model): Field | undefined {
  return other.relations.find(
    (candidate) => candidate.relationName === field.relationName && candidate !== field,
  );
}

function otherRelations(model: Model, from: Field | undefined): readonly Field[] {
  const opposite = from && oppositeOf(from, model);
  return model.relations.filter((field) => field !== opposite);
}

function withoutOther(model: Model, from: Field | undefined): string {
  const opposite = from && oppositeOf(from, model);
  if (!opposite) return "";
  return `Without${opposite.name.charAt(0).toUpperCase()}${opposite.name.slice(1)}`;
}

/** Whether a row of that side cannot be without this one. */
function holdsRequired(opposite: Field | undefined): boolean {
  return opposite !== undefined && !opposite.isList && opposite.isRequired;
}
