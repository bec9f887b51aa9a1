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

/** Every variable of the service; this schema is the contract with the Deployment that sets them. */
const schema = z.object({
  /** Port that the service listens on. */
  PORT: wholeNumber(1, 65535).prefault("8080"),
  /** Any Redis of the set: answers reads while the primary is away. Without Sentinels it is the primary itself. */
  REDIS_HOST: hostName,
  REDIS_PORT: wholeNumber(1, 65535).prefault("6379"),
  /** The Sentinels, who know the primary: it takes the writes, and the reads as long as it answers. */
  REDIS_SENTINELS: servers.optional(),
  /** What the Sentinels call the primary. */
  REDIS_PRIMARY_NAME: z.string().min(1).prefault("journal"),
  /** How many replicas must have a write before it is answered for. */
  REDIS_ACKNOWLEDGING_REPLICAS: wholeNumber(0, 9).prefault("0"),
  /** User that the service signs in as, at Redis and at the Sentinels. */
  REDIS_USERNAME: z.string().min(1).optional(),
  /** File that holds the Redis password; without it the service signs in without one. */
  REDIS_PASSWORD_FILE: z.string().optional(),
  /** Entries shown per page. */
  JOURNAL_ENTRIES: wholeNumber(1, 1000).prefault("10"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).prefault("info"),
  /** How long a terminating pod keeps answering, while the load balancers learn that it is leaving. */
  DRAIN_DELAY_SEC: wholeNumber(0, 300).prefault("5"),
});

export type Env = z.output<typeof schema>;

/** Reads the variables once; throws one error that names every problem. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const names = Object.keys(schema.shape).filter((name) => source[name] !== undefined);
  const given = Object.fromEntries(names.map((name) => [name, source[name]]));
  const result = schema.safeParse(given);
  if (result.success) {
    return result.data;
  }
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.join(".");
    const value = given[name];
    return value === undefined
      ? `${name}: missing`
      : `${name}: ${issue.message}, got ${JSON.stringify(value)}`;
  });
  throw new Error(`${problems.length} problem(s) in the environment:\n  - ${problems.join("\n  - ")}`);
}

/** The password in a mounted Secret file; a trailing newline is an editor's, never part of it. */
export function readPassword(file: string | undefined): string | undefined {
  if (file === undefined) {
    return undefined;
  }
  const password = readFileSync(file, "utf8").replace(/\r?\n$/, "");
  if (password === "") {
    throw new Error(`REDIS_PASSWORD_FILE: "${file}" is empty`);
  }
  return password;
}
