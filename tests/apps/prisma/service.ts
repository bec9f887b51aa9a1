import { type AppDependencies, createApp } from "../../../apps/prisma/src/app.js";
import { parseConfig } from "../../../apps/prisma/src/config.js";
import type { PrismaClient } from "../../../apps/prisma/generated/client/client.js";
import { blogOf, fakeDatabase } from "./fake-database.js";

export const SECRET = "sixteen-characters-or-more";

const documentOf = (databasePort: number, secret?: string) => `
port: 4466
${secret === undefined ? "" : `managementApiSecret: ${secret}`}
databases: { default: { connector: mysql, host: 127.0.0.1, port: ${databasePort}, user: u, password: p4ss, migrations: true } }
`;

/** With which the program itself starts, and finds no database. */
export const VARIABLES = { PRISMA_CONFIG: documentOf(1), PRISMA_MIGRATIONS: "apps/prisma/prisma/migrations" };

export interface ServiceOptions extends Partial<Omit<AppDependencies, "config" | "database">> {
  readonly client?: PrismaClient;
  readonly ready?: boolean;
  readonly secret?: string;
  /** Of the migrations; the models have the client. */
  readonly databasePort?: number;
}

/** The service without a port, on a client that need not be a real one. */
export function service(options: ServiceOptions = {}) {
  const {
    client = fakeDatabase(blogOf(3)).client,
    ready = true,
    secret,
    databasePort = 1,
    ...rest
  } = options;
  const app = createApp({
    ...rest,
    config: parseConfig(documentOf(databasePort, secret)),
    database: { client, ready },
  });
  const ask = async (query: string, variables: object = {}, headers: Record<string, string> = {}) => {
    const { statusCode, body } = await app.inject({
      method: "POST",
      url: "/",
      payload: { query, variables },
      headers,
    });
    return { statusCode, body, ...(JSON.parse(body) as { data?: any; errors?: any[] }) };
  };
  return {
    app,
    ask,
    codes: async (query: string, variables?: object) => codesOf(await ask(query, variables)),
  };
}

export function codesOf({ errors = [] }: { errors?: any[] }): string[] {
  return errors.map(({ extensions }) => extensions.code);
}
