import { maxAliasesPlugin } from "@escape.tech/graphql-armor-max-aliases";
import { maxTokensPlugin } from "@escape.tech/graphql-armor-max-tokens";
import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
} from "graphql";
import { type Plugin, createYoga } from "graphql-yoga";
import type { PrismaClient } from "../generated/client/client.js";
import { publicError } from "./errors.js";
import { KnownDocuments, type TimeLimit } from "./known-documents.js";
import type { Context } from "./schema/builder.js";
import { boundedValues, boundedVariables } from "./variables.js";

export interface GraphQLOptions {
  readonly db: PrismaClient;
  readonly introspection: boolean;
  readonly playground: boolean;
  readonly log: { error(details: object, message: string): void };
  /** @default 15 s */
  readonly timeoutMs?: number;
  /** How many documents are answered on the shorter way; see {@link KnownDocuments}. */
  readonly mostKnown?: number;
}

/** Words and signs of a document, and the same field under other names: what makes a small request a big one. */
const MOST_TOKENS = 2000;
const MOST_ALIASES = 30;

/** The GraphQL endpoint, at "/": Yoga, and a shorter way for what it has executed before. */
export function createGraphQL(schema: GraphQLSchema, options: GraphQLOptions) {
  const { db, introspection, playground, log, timeoutMs = 15_000, mostKnown } = options;
  const context = () => ({ db });
  const inTime = limitedTo(timeoutMs);
  const maskError = (error: unknown) =>
    publicError(error, (err) => {
      log.error({ err }, "query failed");
    });
  const known = new KnownDocuments({ schema, context, maskError, inTime, most: mostKnown });
  const yoga = createYoga<object, Context>({
    schema,
    graphqlEndpoint: "/",
    // Whoever is let in at all has the secret, or is a pod of the cluster.
    cors: false,
    landingPage: false,
    healthCheckEndpoint: "/yoga-is-not-asked",
    logging: false,
    batching: false,
    context,
    graphiql: playground && { title: "Prisma", defaultQuery: "{\n  users {\n    name\n  }\n}\n" },
    // More than half of all that this program is made of, and only looked at by those who try things out.
    renderGraphiQL: async (page) => (await import("@graphql-yoga/render-graphiql")).renderGraphiQL(page),
    maskedErrors: { maskError },
    plugins: [
      boundedVariables(),
      maxTokensPlugin({ n: MOST_TOKENS }),
      maxAliasesPlugin({ n: MOST_ALIASES }),
      boundedValues(),
      ...(introspection ? [] : [closed]),
      endedBy(inTime),
      known.plugin,
    ],
  });
  return { yoga, known };
}

/** Tells nothing of the schema, also not by guessing at what was misspelt. */
const closed: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
    return ({ valid, result, setResult }) => {
      if (valid) return;
      const errors = result as readonly GraphQLError[];
      setResult(
        errors.map(({ message, nodes, extensions }) => {
          const text = message.replace(/ Did you mean .*$/s, "");
          return new GraphQLError(text, { nodes, extensions });
        }),
      );
    };
  },
};

/** Answers in time. The statement that is under way the database ends by itself. */
function limitedTo(timeoutMs: number): TimeLimit {
  return async (result) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<ExecutionResult>((resolve) => {
      timer = setTimeout(() => {
        const message = "this took too long; a write may have been done all the same";
        resolve({ errors: [new GraphQLError(message, { extensions: { code: "TIMEOUT" } })] });
      }, timeoutMs);
    });
    try {
      return await Promise.race([result, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function endedBy(inTime: TimeLimit): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (args: unknown) =>
        inTime(Promise.resolve(executeFn(args as never) as ExecutionResult)),
      );
    },
  };
}
