import { parseDocument } from "yaml";
import { z } from "zod";

const port = z.int().min(1).max(65535);
const text = z.string().min(1);

/** PRISMA_CONFIG: where the database is, and what the management API asks for. */
const schema = z.strictObject({
  port: port.default(4466),

  /** What a caller has to present. Without one the API asks for nothing, and there is no management API. */
  managementApiSecret: z.string().min(16, "expected at least 16 characters").optional(),

  databases: z.strictObject({
    default: z.strictObject({
      connector: z.literal("mysql"),
      host: text,
      port: port.default(3306),
      user: text,
      password: text,

      /** Whether the migrations are applied at the start; otherwise by the management API. */
      migrations: z.boolean().default(true),

      database: z
        .string()
        .regex(/^\w{1,64}$/, "expected letters, digits and underscores")
        .default("prisma"),

      /** Of this one process. */
      connectionLimit: z.int().min(2).max(1000).default(10),

      /** For a database in a network that is not trusted to be silent; a proxy encrypts by itself. */
      ssl: z.boolean().default(false),
    }),
  }),
});

export type PrismaConfig = z.output<typeof schema>;
export type DatabaseConfig = PrismaConfig["databases"]["default"];

/** What is wrong with the document; no problem tells a value, since some of them are secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(problems: readonly string[]) {
    super(`${problems.length} problem(s) in PRISMA_CONFIG:\n  - ${problems.join("\n  - ")}`);
  }
}

/** Reads the YAML document; throws one error that names every problem. */
export function parseConfig(document: string): PrismaConfig {
  const yaml = parseDocument(document, { prettyErrors: false });
  if (yaml.errors.length > 0) throw new ConfigError(yaml.errors.map(({ code }) => `is no YAML: ${code}`));
  const result = schema.safeParse(yaml.toJS());
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map(({ path, message }) => `${path.join(".") || "document"}: ${message}`),
  );
}
