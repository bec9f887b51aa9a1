import type { FastifyInstance } from "fastify";
import type { PrismaClient } from "../generated/client/client.js";
import type { DatabaseConfig } from "./config.js";
import { MigrationError, type Migration, migrate, migrationStates } from "./migrations.js";
import { seed } from "./seed.js";

export interface ManagementDependencies {
  readonly db: PrismaClient;
  readonly database: DatabaseConfig;
  readonly migrations: readonly Migration[];
}

/** What an operator asks for; whoever gets here has presented the secret. */
export function registerManagement(app: FastifyInstance, dependencies: ManagementDependencies): void {
  const { db, database, migrations } = dependencies;

  app.get("/management/migrations", async () => ({
    migrations: await migrationStates(database, migrations),
  }));

  app.post("/management/migrations", async (request, reply) => {
    try {
      return { applied: await migrate(database, migrations) };
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error;
      request.log.error({ err: error }, "migration failed");
      return reply.code(409).send({ error: { code: "MIGRATION_FAILED", message: error.message } });
    }
  });

  app.post("/management/seed", async () => {
    await seed(db);
    return { seeded: true };
  });
}
