import { readFileSync } from "node:fs";
import { z } from "zod";
import { type PrismaConfig, parseConfig } from "./config.js";

/** A whole number in plain digits: `Number("0x10")` and `Number("")` would be accepted otherwise. */
function wholeNumber(min: number, max: number) {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, expected)
    .transform(Number)
    .pipe(z.number().min(min, expected).max(max, expected));
}

const yesOrNo = z.enum(["true", "false"]).transform((value) => value === "true");

/** Every variable of the service; this schema is the contract with the Deployment that sets them. */
const schema = z
  .object({
    /** The document itself, or the file that holds it. */
    PRISMA_CONFIG: z.string().optional(),
    PRISMA_CONFIG_PATH: z.string().optional(),
    /** Folder of the migrations, one folder with a `migration.sql` each. */
    PRISMA_MIGRATIONS: z.string().min(1).prefault("prisma/migrations"),
    /** Whether the API tells what it offers. */
    INTROSPECTION: yesOrNo.prefault("false"),
    /** Whether a browser gets a page to try queries in; it needs the introspection. */
    PLAYGROUND: yesOrNo.prefault("false"),
    LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).prefault("info"),
    /** How long a terminating pod keeps answering, while the load balancers learn that it is leaving. */
    DRAIN_DELAY_SEC: wholeNumber(0, 300).prefault("5"),
  })
  .refine((env) => (env.PRISMA_CONFIG === undefined) !== (env.PRISMA_CONFIG_PATH === undefined), {
    path: ["PRISMA_CONFIG"],
    message: "expected either this or PRISMA_CONFIG_PATH",
    when: () => true,
  });

export interface Env extends Omit<z.output<typeof schema>, "PRISMA_CONFIG" | "PRISMA_CONFIG_PATH"> {
  readonly config: PrismaConfig;
}

/** Reads the variables and the document once; throws one error that names every problem. */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const result = schema.safeParse(source);
  const problems = result.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
  let config: PrismaConfig | undefined;
  try {
    config = configOf(source);
  } catch (error) {
    problems.push((error as Error).message);
  }
  if (result.success && config) {
    const { INTROSPECTION, PLAYGROUND, LOG_LEVEL, DRAIN_DELAY_SEC, PRISMA_MIGRATIONS } = result.data;
    return { INTROSPECTION, PLAYGROUND, LOG_LEVEL, DRAIN_DELAY_SEC, PRISMA_MIGRATIONS, config };
  }
  throw new Error(`problem(s) in the environment:\n  - ${problems.join("\n  - ")}`);
}

function configOf({ PRISMA_CONFIG: document, PRISMA_CONFIG_PATH: path }: typeof process.env) {
  const text = document ?? (path === undefined ? undefined : readFileSync(path, "utf8"));
  return text === undefined ? undefined : parseConfig(text);
}
