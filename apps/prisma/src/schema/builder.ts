import SchemaBuilder from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import PrismaPlugin from "@pothos/plugin-prisma";
import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import type { PrismaClient } from "../../generated/client/client.js";
import { getDatamodel } from "../../generated/pothos.js";

/** What one request brings with it. */
export interface Context {
  readonly db: PrismaClient;
}

interface Types {
  DefaultFieldNullability: false;
  Context: Context;
  Scalars: {
    DateTime: { Input: Date; Output: Date };
    BigInt: { Input: bigint; Output: bigint };
    Decimal: { Input: string; Output: unknown };
    Json: { Input: unknown; Output: unknown };
    Bytes: { Input: Uint8Array; Output: Uint8Array };
  };
}

export type Builder = PothosSchemaTypes.SchemaBuilder<PothosSchemaTypes.ExtendDefaultTypes<Types>>;

export interface Limits {
  readonly depth: number;
  readonly breadth: number;
  /** Of one query: each field once, for each of the rows that its lists may have. */
  readonly complexity: number;
}

export const LIMITS: Limits = { depth: 8, breadth: 200, complexity: 20_000 };

/** A schema builder that knows how to ask the models' client for no more than a query needs. */
export function createBuilder(limits: Limits = LIMITS): Builder {
  const builder = new SchemaBuilder<Types>({
    defaultFieldNullability: false,
    plugins: [ComplexityPlugin, PrismaPlugin],
    prisma: { client: ({ db }) => db, dmmf: getDatamodel(), onUnusedQuery: null },
    complexity: {
      defaultComplexity: 1,
      limit: limits,
      complexityError: (kind, result) =>
        new GraphQLError(`the query is too large: its ${kind.toLowerCase()} is over the limit`, {
          extensions: {
            code: "QUERY_TOO_LARGE",
            depth: result.depth,
            breadth: result.breadth,
            complexity: result.complexity,
          },
        }),
    },
  });
  addScalars(builder);
  return builder;
}

function addScalars(builder: Builder): void {
  builder.addScalarType(
    "DateTime",
    scalar("DateTime", "A moment, such as 2026-01-31T12:00:00.000Z", toDate, (value: Date) =>
      value.toISOString(),
    ),
  );
  builder.addScalarType("BigInt", scalar("BigInt", "A whole number, as text", toBigInt, String));
  builder.addScalarType(
    "Decimal",
    scalar("Decimal", "A number with exact decimals, as text", toText, String),
  );
  builder.addScalarType(
    "Json",
    scalar(
      "Json",
      "Any JSON value",
      (value) => value,
      (value: unknown) => value,
    ),
  );
  builder.addScalarType(
    "Bytes",
    scalar(
      "Bytes",
      "Bytes in base64",
      (value) => Buffer.from(toText(value), "base64"),
      (value: Uint8Array) => Buffer.from(value).toString("base64"),
    ),
  );
}

function scalar<In, Out>(
  name: string,
  description: string,
  parse: (value: unknown) => In,
  serialize: (value: Out) => unknown,
) {
  return new GraphQLScalarType<In, Out>({
    name,
    description,
    parseValue: parse,
    serialize: (value) => serialize(value as Out) as Out,
    parseLiteral: (node) => {
      if (node.kind === Kind.STRING || node.kind === Kind.INT) return parse(node.value);
      throw new GraphQLError(`expected a ${name}`, { nodes: [node] });
    },
  });
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  throw new GraphQLError("expected text");
}

function toDate(value: unknown): Date {
  const date = new Date(toText(value));
  if (Number.isNaN(date.getTime()))
    throw new GraphQLError("expected a moment such as 2026-01-31T12:00:00.000Z");
  return date;
}

function toBigInt(value: unknown): bigint {
  const text = String(value);
  if (!/^-?\d{1,20}$/.test(text)) throw new GraphQLError("expected a whole number");
  return BigInt(text);
}
