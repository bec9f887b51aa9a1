import * as pulumi from "@pulumi/pulumi";
import type { Tenant } from "../k8s/quota.js";
import type { Resources } from "../k8s/resources.js";
import type { MySql } from "../platform.js";

export interface PrismaSize {
  /**
   * Number of pods.
   *
   * @default 2, and 1 of a Prisma 1 server, which can't be two
   */
  replicas?: number;

  /** @default 500m, 384Mi and 64Mi; of a Prisma 1 server 1, 1536Mi and 128Mi */
  resources?: Partial<Resources>;
}

/** More make a database of this size no faster. */
const MOST_CONNECTIONS = 20;

/** The retired server, which still runs where people have data in it: its image has no other name. */
export const isPrisma1 = (image: string | undefined) =>
  /(^|\/)prismagraphql\/prisma(-prod)?[:@]/.test(image ?? "");

/** Every default of the pods, also for those who count what a namespace will hold. */
export function prismaTenant(
  { replicas, resources = {} }: PrismaSize,
  prisma1: boolean,
  beside: readonly Resources[],
): Tenant {
  const usual: Resources = prisma1
    ? { cpu: "1", memory: "1536Mi", ephemeralStorage: "128Mi" }
    : { cpu: "500m", memory: "384Mi", ephemeralStorage: "64Mi" };
  return {
    replicas: replicas ?? (prisma1 ? 1 : 2),
    // Two Prisma 1 servers can't be, not even during a rollout.
    surges: !prisma1,
    resources: { ...usual, ...resources },
    beside,
  };
}

/** The Job that migrates: one pod like the server's, before those of a rollout start. */
export function migrationsTenant({ resources, beside }: Tenant): Tenant {
  return { replicas: 1, surges: false, resources, beside };
}

/** With one, a request that waits for another's row would keep everybody waiting. */
const FEWEST_CONNECTIONS = 2;

/**
 * Connections of one pod, so that all of a rollout together stay within what the database takes.
 *
 * @throws pulumi.InputPropertyError if there are too many pods for that
 */
export function connectionsOf({ replicas, surges }: Tenant, connectionLimit: number): number {
  const pods = surges ? 2 * replicas + 1 : replicas;
  const connections = Math.floor(connectionLimit / pods);
  if (connections < FEWEST_CONNECTIONS) {
    throw new pulumi.InputPropertyError({
      propertyPath: "replicas",
      reason:
        `expected few enough for ${FEWEST_CONNECTIONS} of the database's ${connectionLimit} connections each, also in a ` +
        `rollout with ${pods} pods at once, got ${replicas}`,
    });
  }
  return Math.min(MOST_CONNECTIONS, connections);
}

export interface ConfigDocumentArgs {
  port: number;
  mySql: MySql;
  connections: number;
  managementApiSecret?: pulumi.Input<string>;
  prisma1: boolean;
}

/**
 * PRISMA_CONFIG: the one YAML document that the server reads, written as JSON, which is YAML too and needs no library. It
 * is a secret, as the password in it is.
 */
export function configDocument(args: ConfigDocumentArgs): pulumi.Output<string> {
  const { port, mySql, connections, managementApiSecret, prisma1 } = args;
  const { host, user, password, database } = mySql;
  const known = pulumi.all({ host, user, password, database, managementApiSecret });
  return pulumi.secret(
    known.apply((values) =>
      JSON.stringify({
        port,
        ...(values.managementApiSecret !== undefined && { managementApiSecret: values.managementApiSecret }),
        databases: {
          default: {
            connector: "mysql",
            host: values.host,
            port: mySql.port,
            user: values.user,
            password: values.password,
            migrations: true,
            connectionLimit: connections,
            // Prisma 1 makes databases of its own, and knows no such keys for MySQL.
            ...(!prisma1 && { database: values.database, ssl: mySql.ssl }),
          },
        },
      }),
    ),
  );
}
