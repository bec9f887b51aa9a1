import { GraphQLError } from "graphql";

/** What a caller can do something about, by Prisma's code of it. */
const KNOWN: Readonly<Record<string, readonly [code: string, message: string]>> = {
  P2000: ["BAD_USER_INPUT", "a value is too long for its field"],
  P2002: ["CONFLICT", "something with such a unique value is there already"],
  P2003: ["BAD_USER_INPUT", "something that was named does not exist"],
  P2011: ["BAD_USER_INPUT", "a field that must have a value would have none"],
  P2014: ["BAD_USER_INPUT", "something else needs this"],
  P2015: ["NOT_FOUND", "something that was named does not exist"],
  P2017: ["BAD_USER_INPUT", "these are not connected"],
  P2018: ["NOT_FOUND", "something to connect does not exist"],
  P2020: ["BAD_USER_INPUT", "a value is out of its field's range"],
  P2025: ["NOT_FOUND", "there is no such thing"],
  P2033: ["BAD_USER_INPUT", "a number is too large for its field"],
  P2034: ["TRY_AGAIN", "another write was in the way; nothing was written"],
};

const UNAVAILABLE = ["UNAVAILABLE", "the database can't be reached just now, try again in a moment"] as const;

/** What a driver says when there is no connection, or no longer. */
const LOST =
  /ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|pool timeout|failed to (retrieve|create) a connection|socket has unexpectedly been closed|connection.*(closed|lost|timeout)|shutdown in progress|server closed/i;
/** The driver's number for it. */
const NO_CONNECTION_IN_TIME = 45028;
const LOST_CODES = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2037"]);

interface Failure {
  readonly name?: string;
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
}

/** Whether the database was away, or went away under a statement. */
export function isConnectionLost(error: unknown): boolean {
  for (const failure of chainOf(error)) {
    if (typeof failure.code === "string" && LOST_CODES.has(failure.code)) return true;
    if (LOST.test(String(failure.code)) || LOST.test(failure.message ?? "")) return true;
  }
  return false;
}

/** Whether a statement has waited in vain for a connection, which is as long as it should wait. */
export function hasWaited(error: unknown): boolean {
  return [...chainOf(error)].some(({ errno, code }) => [errno, code].includes(NO_CONNECTION_IN_TIME));
}

/** Whether the database does not write, as one that has handed over to another one in a failover. It has done nothing. */
export function isReadOnly(error: unknown): boolean {
  return [...chainOf(error)].some(
    ({ message = "", errno, code }) =>
      // The first of them is what other options than read_only answer with, too.
      [1290, 1836].some((number) => errno === number || code === number) && /read[-_ ]only/i.test(message),
  );
}

/** An error as a caller may see it: with a code, and with nothing of the inside. */
export function publicError(error: unknown, log: (error: unknown) => void): Error {
  if (error instanceof GraphQLError && (error.originalError ?? undefined) === undefined) return coded(error);
  const original = error instanceof GraphQLError ? error.originalError : error;
  if (original instanceof GraphQLError) return coded(original);
  const [code, message] = describe(original as Failure, log);
  const { nodes, source, positions, path } = error instanceof GraphQLError ? error : {};
  return new GraphQLError(message, { nodes, source, positions, path, extensions: { code } });
}

function describe(failure: Failure, log: (error: unknown) => void): readonly [string, string] {
  const known = typeof failure.code === "string" ? KNOWN[failure.code] : undefined;
  if (known) return known;
  if (failure.name === "PrismaClientValidationError") return ["BAD_USER_INPUT", "the arguments fit no model"];
  log(failure);
  if (isTimeout(failure)) return ["TIMEOUT", "the database took too long over this"];
  if (isConnectionLost(failure) || isReadOnly(failure)) return UNAVAILABLE;
  return ["INTERNAL", "something went wrong on our side"];
}

/** What MySQL and MariaDB say when they end a statement by themselves. */
function isTimeout(error: unknown): boolean {
  return [...chainOf(error)].some(
    ({ message = "", errno, code }) =>
      [1969, 3024, 1205].some((number) => errno === number || code === number) ||
      /max_statement_time exceeded|maximum statement execution time/.test(message),
  );
}

/** Errors of GraphQL itself: the document is wrong, and they say where. */
function coded(error: GraphQLError): GraphQLError {
  if (error.extensions.code !== undefined) return error;
  const { nodes, source, positions, path } = error;
  return new GraphQLError(error.message, {
    nodes,
    source,
    positions,
    path,
    extensions: { ...error.extensions, code: "GRAPHQL_VALIDATION_FAILED" },
  });
}

function* chainOf(error: unknown): Generator<Failure> {
  let failure = error as Failure | undefined;
  for (let depth = 0; failure && depth < 6; depth++) {
    yield failure;
    failure = (failure.meta?.driverAdapterError ?? failure.cause) as Failure | undefined;
  }
}
