import { type DocumentNode, type ExecutionResult, type GraphQLSchema, execute } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context } from "./schema/builder.js";
import { exceededBy } from "./variables.js";

/** Ends an execution in time. */
export type TimeLimit = (result: Promise<ExecutionResult>) => Promise<ExecutionResult>;

export interface KnownDocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly context: () => Context;
  readonly maskError: (error: unknown) => Error;
  readonly inTime: TimeLimit;
  /**
   * How many are kept.
   *
   * @default 1000
   */
  readonly most?: number;
}

/** An answer as it goes over the wire; its status is 200. */
export interface Answer {
  readonly type: string;
  readonly body: string;
}

/** What Yoga takes for the parameters of a request. */
interface Params {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

const JSON_TYPE = "application/json";
const GRAPHQL_TYPE = "application/graphql-response+json";
const TYPES = new Map([
  ["*/*", JSON_TYPE],
  ["application/*", JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [GRAPHQL_TYPE, GRAPHQL_TYPE],
]);

/** Longer ones are asked of Yoga each time, so that a thousand of them fit into the memory. */
const LONGEST = 8192;

/**
 * Answers for documents that Yoga has executed before, and so has found valid and within the limits of a document; what
 * they cost is counted each time. For each request Yoga makes a Request and a Response and asks every plugin again, which
 * takes a quarter of the time of a small list. What is out of the ordinary stays with it.
 */
export class KnownDocuments {
  readonly #documents = new Map<string, DocumentNode>();
  readonly #options: KnownDocumentsOptions;

  constructor(options: KnownDocumentsOptions) {
    this.#options = options;
  }

  /** Learns from Yoga. */
  readonly plugin: Plugin = {
    onExecute: ({ args }) => {
      const { query } = args.contextValue.params;
      if (query !== undefined) this.#keep(query, args.document as DocumentNode);
    },
  };

  /** Answers what came by POST; if it gives nothing, nothing was executed, and Yoga is to be asked. */
  async answer(body: unknown, accept: string | undefined): Promise<Answer | undefined> {
    const type = typeFor(accept);
    const params = paramsOf(body);
    const document = params && this.#documents.get(params.query);
    if (type === undefined || !document || exceededBy(params.variables)) return undefined;
    const { schema, context, maskError, inTime } = this.#options;
    const { variables, operationName } = params;
    const args = { schema, document, variableValues: variables, operationName, contextValue: context() };
    const executed = execute(args);
    // Without data at once: the variables or the name of the operation do not fit.
    if (!(executed instanceof Promise) && !("data" in executed)) return undefined;
    const { errors, ...rest } = executed instanceof Promise ? await inTime(executed) : executed;
    const result = errors ? { errors: errors.map(maskError), ...rest } : rest;
    return { type: `${type}; charset=utf-8`, body: JSON.stringify(result) };
  }

  #keep(query: string, document: DocumentNode): void {
    if (this.#documents.has(query) || query.length > LONGEST) return;
    const { most = 1000 } = this.#options;
    const [oldest] = this.#documents.keys();
    if (this.#documents.size >= most && oldest !== undefined) this.#documents.delete(oldest);
    this.#documents.set(query, document);
  }
}

/** The first that is accepted, as Yoga chooses it; nothing if there is anything among them that is for Yoga to judge. */
function typeFor(accept = "*/*"): string | undefined {
  const types = accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    return parameters.every((each) => each.startsWith("q=")) ? TYPES.get(type) : undefined;
  });
  return types.includes(undefined) ? undefined : types[0];
}

/** A body without anything that Yoga would refuse. */
function paramsOf(body: unknown): Params | undefined {
  if (!isObject(body)) return undefined;
  const { query, variables, operationName, extensions, ...others } = body;
  const fits =
    typeof query === "string" &&
    (variables === undefined || variables === null || isObject(variables)) &&
    (operationName === undefined || operationName === null || typeof operationName === "string") &&
    (extensions === undefined || extensions === null || isObject(extensions)) &&
    Object.keys(others).length === 0;
  return fits ? { query, variables, operationName } : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
