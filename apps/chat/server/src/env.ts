import { readFileSync } from "node:fs";
import { z } from "zod";

const hostName = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?$/, "expected a host name");

/** A whole number in plain digits: `Number("0x10")` and `Number("")` would be accepted otherwise. */
function wholeNumber(min: number, max: number) {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, expected)
    .transform(Number)
    .pipe(z.number().min(min, expected).max(max, expected));
}

/** "host:port" of each server, with commas between them. */
const servers = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9.-]*:\d{1,5}(,[A-Za-z0-9][A-Za-z0-9.-]*:\d{1,5})*$/,
    'expected "host:port", with commas between several',
  )
  .transform((text) =>
    text.split(",").map((server) => {
      const [host = "", port = ""] = server.split(":");
      return { host, port: Number(port) };
    }),
  );

/** Scheme, host and port as a browser names a page's origin, with commas between several; never "*". */
const origins = z
  .string()
  .regex(
    /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?(,https?:\/\/[a-z0-9.-]+(:\d{1,5})?)*$/,
    'expected origins such as "https://chat.example.org", with commas between several',
  )
  .transform((text) => text.split(","));

/** Every variable of the service; this schema is the contract with the Deployment that sets them. */
const schema = z.object({
  /** Port that the service listens on. */
  PORT: wholeNumber(1, 65535).prefault("8080"),
  /** Pages that may use this chat. */
  CHAT_ORIGINS: origins,
  /** File that holds the URI of MongoDB, with the database in its path. */
  MONGO_URI_FILE: z.string().min(1),
  /** A single Redis, where there are no Sentinels. */
  REDIS_HOST: hostName.optional(),
  REDIS_PORT: wholeNumber(1, 65535).prefault("6379"),
  /** The Sentinels, who know the primary. */
  REDIS_SENTINELS: servers.optional(),
  /** What the Sentinels call the primary. */
  REDIS_PRIMARY_NAME: z.string().min(1).prefault("chat"),
  /** User that the service signs in as, at Redis and at the Sentinels. */
  REDIS_USERNAME: z.string().min(1).optional(),
  /** File that holds the Redis password; without it the service signs in without one. */
  REDIS_PASSWORD_FILE: z.string().optional(),
  /** Requests a second of one connection; four times as many at once. */
  CHAT_REQUESTS_PER_SEC: wholeNumber(1, 10_000).prefault("10"),
  /** Connections that one server takes. */
  CHAT_MAX_CONNECTIONS: wholeNumber(1, 1_000_000).prefault("10000"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).prefault("info"),
  /** How long a terminating pod keeps letting clients in, while the load balancers learn that it is leaving. */
  DRAIN_DELAY_SEC: wholeNumber(0, 300).prefault("5"),
  /** Over how long a terminating pod sends its clients to the others. */
  DRAIN_SPREAD_SEC: wholeNumber(0, 300).prefault("10"),
});

export type Env = z.output<typeof schema>;

/** Reads the variables once; throws one error that names every problem. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const names = Object.keys(schema.shape).filter((name) => source[name] !== undefined);
  const given = Object.fromEntries(names.map((name) => [name, source[name]]));
  const result = schema.safeParse(given);
  const problems = (result.error?.issues ?? []).map((issue) => {
    const name = issue.path.join(".");
    const value = given[name];
    return value === undefined
      ? `${name}: missing`
      : `${name}: ${issue.message}, got ${JSON.stringify(value)}`;
  });
  if (given.REDIS_SENTINELS === undefined && given.REDIS_HOST === undefined) {
    problems.push("REDIS_SENTINELS: missing, and REDIS_HOST too");
  }
  if (!result.success || problems.length > 0) {
    throw new Error(`${problems.length} problem(s) in the environment:\n  - ${problems.join("\n  - ")}`);
  }
  return result.data;
}

/** What is in a mounted Secret file; a trailing newline is an editor's, never part of it. */
export function readSecret(variable: string, file: string): string {
  const secret = readFileSync(file, "utf8").replace(/\r?\n$/, "");
  if (secret === "") {
    throw new Error(`${variable}: "${file}" is empty`);
  }
  return secret;
}
