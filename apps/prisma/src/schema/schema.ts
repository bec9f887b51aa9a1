import { type GraphQLSchema, assertObjectType } from "graphql";
import type { PrismaClient } from "../../generated/client/client.js";
import { type Builder, type Context, type Limits, createBuilder } from "./builder.js";
import { Inputs } from "./inputs.js";
import { type Field, type Model, modelNamed, models } from "./models.js";

/** Rows of a list when nobody says how many, and at most. */
const USUAL = 20;
const MOST = 100;

/** What Prisma's client offers for every model alike. */
interface Delegate {
  findUnique(args: object): Promise<object | null>;
  findMany(args: object): Promise<object[]>;
  count(args: object): Promise<number>;
  create(args: object): Promise<object>;
  update(args: object): Promise<object>;
  delete(args: object): Promise<object>;
}

interface ListArgs {
  readonly where?: object | null;
  readonly orderBy?: readonly object[] | null;
  readonly cursor?: object | null;
  readonly skip?: number | null;
  readonly take?: number | null;
}

type Arguments = Readonly<Record<string, object>>;

/** The whole GraphQL API: for each model its type, its queries and its mutations, made from the model alone. */
export function buildSchema(limits?: Limits): GraphQLSchema {
  const builder = createBuilder(limits);
  const inputs = new Inputs(builder);
  builder.queryType({});
  builder.mutationType({});
  for (const model of models) addType(builder, inputs, model);
  for (const model of models) {
    addQueries(builder, inputs, model);
    addMutations(builder, inputs, model);
  }
  const schema = builder.toSchema();
  for (const model of models) readValuesPlainly(schema, model);
  return schema;
}

/**
 * Every row here comes with the columns that were asked for, so each is just read. Pothos would look for each value of
 * each row whether it was.
 */
function readValuesPlainly(schema: GraphQLSchema, model: Model): void {
  const fields = assertObjectType(schema.getType(model.name)).getFields();
  for (const { name } of model.values) if (fields[name]) fields[name].resolve = undefined;
}

function addType(builder: Builder, inputs: Inputs, model: Model): void {
  builder.prismaObject(model.name as never, {
    // With it a query reads no column that nobody asked for; without it, all of them.
    select: Object.fromEntries(keyOf(model).map(({ name }) => [name, true])) as never,
    fields: (t) =>
      Object.fromEntries([
        ...model.values.map((field) => [
          field.name,
          t.expose(field.name as never, {
            type: (field.isList ? [inputs.value(field)] : inputs.value(field)) as never,
            nullable: !field.isRequired as never,
          }),
        ]),
        ...model.relations.map((field) => [
          field.name,
          t.relation(
            field.name as never,
            (field.isList
              ? relatedList(builder, inputs, modelNamed(field.type))
              : { nullable: !field.isRequired }) as never,
          ),
        ]),
      ]) as never,
  });
}

/** What Pothos finds a row again by. */
function keyOf({ fields, uniques }: Model): readonly Field[] {
  const ids = fields.filter(({ isId }) => isId);
  return ids.length > 0 ? ids : [...new Set(uniques.flat())];
}

function relatedList(builder: Builder, inputs: Inputs, other: Model) {
  return {
    args: listArgs(builder, inputs, other),
    query: (args: ListArgs) => listQuery(other, args),
    complexity: listComplexity,
  };
}

function addQueries(builder: Builder, inputs: Inputs, model: Model): void {
  const { one, many } = model;
  builder.queryField(one, (t) =>
    t.prismaField({
      type: model.name as never,
      nullable: true,
      args: { where: t.arg({ type: inputs.whereUnique(model), required: true }) },
      resolve: (query: object, _root: unknown, args: unknown, { db }: Context) =>
        delegateOf(db, model).findUnique({ ...query, where: (args as Arguments).where }) as never,
    }),
  );
  builder.queryField(many, (t) =>
    t.prismaField({
      type: [model.name] as never,
      args: listArgs(builder, inputs, model),
      complexity: listComplexity,
      resolve: (query: object, _root: unknown, args: unknown, { db }: Context) =>
        delegateOf(db, model).findMany({ ...query, ...listQuery(model, args as ListArgs) }) as never,
    }),
  );
  builder.queryField(`${many}Count`, (t) =>
    t.int({
      args: { where: t.arg({ type: inputs.where(model) }) },
      resolve: (_root, args, { db }) => {
        const { where } = args as ListArgs;
        return delegateOf(db, model).count({ where: where ?? undefined });
      },
    }),
  );
}

function addMutations(builder: Builder, inputs: Inputs, model: Model): void {
  const write = (
    name: string,
    action: "create" | "update" | "delete",
    types: Readonly<Record<string, unknown>>,
  ) => {
    builder.mutationField(name, (t) =>
      t.prismaField({
        type: model.name as never,
        args: Object.fromEntries(
          Object.entries(types).map(([key, type]) => [key, t.arg({ type: type as never, required: true })]),
        ),
        complexity: 10,
        resolve: (query: object, _root: unknown, args: unknown, { db }: Context) =>
          delegateOf(db, model)[action]({ ...query, ...(args as Arguments) }) as never,
      }),
    );
  };
  const where = inputs.whereUnique(model);
  write(`create${model.name}`, "create", { data: inputs.create(model) });
  write(`update${model.name}`, "update", { where, data: inputs.update(model) });
  write(`delete${model.name}`, "delete", { where });
}

function listArgs(builder: Builder, inputs: Inputs, model: Model): never {
  const arg = (type: unknown, description?: string) => ({ type, description });
  return builder.args((t) =>
    Object.fromEntries(
      Object.entries({
        where: arg(inputs.where(model)),
        orderBy: arg([inputs.orderBy(model)]),
        cursor: arg(inputs.whereUnique(model), "The row to begin with; skip 1 to begin behind it"),
        skip: arg("Int"),
        take: arg(
          "Int",
          `How many rows: ${USUAL} if nothing is said, at most ${MOST}; a negative number looks back`,
        ),
      }).map(([key, options]) => [key, t.field({ ...options, required: false } as never)]),
    ),
  ) as never;
}

/** Every list has an order to the last row, by its key in the end: without one a page has no next one. */
function listQuery(model: Model, { where, orderBy, cursor, skip, take }: ListArgs) {
  const [key = []] = model.uniques;
  return {
    where: where ?? undefined,
    orderBy: [...(orderBy ?? []), ...key.map(({ name }) => ({ [name]: "asc" }))],
    cursor: cursor ?? undefined,
    skip: skip ?? undefined,
    take: rowsOf(take),
  };
}

function rowsOf(take: number | null | undefined): number {
  return Math.max(-MOST, Math.min(MOST, take ?? USUAL));
}

function listComplexity({ take }: ListArgs) {
  return { field: 1, multiplier: Math.max(1, Math.abs(rowsOf(take))) };
}

function delegateOf(db: PrismaClient, { one }: Model): Delegate {
  return (db as unknown as Readonly<Record<string, Delegate>>)[one] as Delegate;
}
