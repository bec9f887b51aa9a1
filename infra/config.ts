import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { LEAST_SERVER_MEMORY } from "./apps/chat-size.js";
import { isPrisma1 } from "./apps/prisma-config.js";
import { aws } from "./config/aws.js";
import { chat, mongoUri } from "./config/chat.js";
import { gcp, serviceAccountKey } from "./config/gcp.js";
import { journal } from "./config/journal.js";
import { local } from "./config/local.js";
import { prisma } from "./config/prisma.js";
import { host, image } from "./config/values.js";
import { quantityValue } from "./k8s/quantity.js";
import type { LastOutputs } from "./last-outputs.js";
import { versionProblem } from "./mysql-users.js";
import { type ClusterName, type ImageName, type Images, clusterNames, imageNames } from "./platform.js";

/** Every plain setting. One block here is one key in Pulumi.<stack>.yaml. */
export const settings = {
  local,
  gcp,
  aws,

  /** Apps answer under it: journal.<domain>. */
  domain: host.optional(),

  /** Whether clusters, databases and what holds data refuse to be deleted, by Pulumi and by the cloud. */
  protection: z.boolean().default(true),

  /** Reference of each image, as the build or the promotion wrote it. */
  images: z.strictObject(Object.fromEntries(imageNames.map((name) => [name, image.optional()]))).optional(),

  journal,
  chat,
  prisma,
};

/** Every secret. Set one with `pulumi config set --secret <key>`. */
const secrets = {
  /** Instead of a password that the program makes up. */
  redisPassword: z
    .string()
    .regex(/^[A-Za-z0-9]{16,128}$/, "expected 16 to 128 letters and digits")
    .optional(),

  /** Where the chat's messages are kept: required in a cloud, where nobody else runs a MongoDB. */
  chatMongoUri: mongoUri.optional(),

  /** What every request to an exposed Prisma service has to present. */
  prismaManagementApiSecret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,256}$/, "expected 16 to 256 letters, digits, underscores and hyphens")
    .optional(),

  /** What the Auth Proxy signs in with, where the pods' own identities can't be used. */
  cloudSqlKey: serviceAccountKey.optional(),
};

/** Keys of the stack file, without their namespace. */
export const settingKeys = Object.keys(settings) as (keyof typeof settings)[];
export const secretKeys = Object.keys(secrets) as (keyof typeof secrets)[];

type Settings = Readonly<z.infer<z.ZodObject<typeof settings>>>;
type Secrets = { readonly [K in keyof typeof secrets]?: pulumi.Output<string> };

export interface StackConfig extends Omit<Settings, "images"> {
  readonly images: Images;
  readonly secrets: Secrets;
}

/** The block of the stack file that makes each cluster. */
const blockOf: Readonly<Record<ClusterName, "gcp" | "aws" | "local">> = {
  gke: "gcp",
  eks: "aws",
  local: "local",
};

/** Images that each app is made of. */
const imagesOf = {
  journal: ["journal-frontend", "journal-fileserver", "redis"],
  chat: ["chat-server", "chat-client", "redis"],
  prisma: ["prisma"],
} as const;

/** Images of what stands on the local cluster for a service of the clouds. */
const standInsOf: Readonly<Record<keyof typeof imagesOf, readonly ImageName[]>> = {
  journal: [],
  chat: ["ferretdb"],
  prisma: ["mariadb"],
};

/**
 * Reads the stack's whole configuration, once; throws one error with everything that is wrong in it, by itself or after
 * what the last update put out.
 */
export function loadConfig(last?: LastOutputs): StackConfig {
  const source = new pulumi.Config("slipway");
  const given = new Map(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith("slipway:"))
      .map(([key, value]) => [key.slice("slipway:".length), value]),
  );
  const problems = [...given.keys()]
    .filter((key) => !(key in settings) && !(key in secrets))
    .map((key) => `slipway:${key}: unknown key`);

  const values: Partial<Record<keyof Settings, unknown>> = {};
  for (const key of settingKeys) {
    const text = given.get(key);
    const result = settings[key].safeParse(text === undefined ? undefined : parseJson(text));
    values[key] = result.data;
    problems.push(...(result.error?.issues.map((issue) => describe(key, issue)) ?? []));
  }
  for (const key of secretKeys) {
    problems.push(...secretProblems(key, secrets[key], given.get(key)));
  }
  problems.push(...contradictions(values as Settings, new Set(given.keys()), last));
  if (problems.length > 0) {
    const list = problems.map((problem) => `\n  - ${problem}`).join("");
    throw new pulumi.RunError(
      `Stack "${pulumi.getStack()}" has ${problems.length} configuration problem(s):${list}`,
    );
  }
  const secretValues = Object.fromEntries(secretKeys.map((key) => [key, source.getSecret(key)]));
  return { ...(values as Settings), images: values.images ?? {}, secrets: secretValues };
}

/** What is wrong with a secret, without telling it. */
export function secretProblems(key: string, schema: z.ZodType, value: string | undefined): string[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return value === undefined
    ? [`slipway:${key}: missing secret; run "pulumi config set --secret ${key}"`]
    : result.error.issues.map(({ message }) => `slipway:${key}: ${message}`);
}

/** What no block can know about itself: that the others have what it needs. A block with a fault is undefined. */
function contradictions(values: Settings, given: ReadonlySet<string>, last?: LastOutputs): string[] {
  const clusters = clusterNames.filter((name) => given.has(blockOf[name]));
  const problems = Object.entries(imagesOf).flatMap(([app, appImages]) => {
    const block = values[app as keyof typeof imagesOf];
    if (!block) return [];

    const problems: string[] = [];
    const { cluster, host } = block;
    const onLocal = cluster === "local";
    if (!clusters.includes(cluster)) {
      const allowed = clusters.join(", ") || "none";
      problems.push(
        `slipway:${app}.cluster: expected a cluster of this stack (${allowed}), got "${cluster}"; add the block slipway:${blockOf[cluster]}, or move the app`,
      );
    }
    const hasEntry = app !== "prisma" || values.prisma?.exposed === true;
    if (hasEntry && !onLocal && host === undefined && !given.has("domain")) {
      problems.push(`slipway:${app}.host: missing; set it, or slipway:domain for all apps`);
    }
    if (cluster === "eks" && values.aws && values.aws.hostedZone === undefined) {
      problems.push(`slipway:aws.hostedZone: missing; slipway:${app} is on eks, where an entry needs one`);
    }
    problems.push(...(app === "chat" ? chatProblems(values, given) : []));
    problems.push(...(app === "prisma" ? prismaProblems(values, given, last) : []));
    if (given.has("images") && !values.images) return problems;
    const images = [
      ...appImages.filter((name) => name !== "prisma" || values.prisma?.image === undefined),
      ...(onLocal ? standInsOf[app as keyof typeof imagesOf] : []),
    ];
    const advice = onLocal ? 'run "npm run up", which builds it' : "write the reference that was pushed";
    const missing = images.filter((name) => !values.images?.[name]);
    return [...problems, ...missing.map((name) => `slipway:images.${name}: missing; ${advice}`)];
  });
  if (given.has("cloudSqlKey") && !(given.has("gcp") && (values.gcp?.cloudSql ?? !values.gcp))) {
    problems.push("slipway:cloudSqlKey: expected none without slipway:gcp.cloudSql");
  }
  // Two apps may miss the same image.
  return [...new Set(problems)];
}

/** Nobody but its users runs a MongoDB in a cloud, and the server has a host of its own. */
function chatProblems({ chat }: Settings, given: ReadonlySet<string>): string[] {
  if (!chat) return [];
  const problems: string[] = [];
  const onLocal = chat.cluster === "local";
  if (!onLocal && chat.serverHost === undefined && !given.has("domain")) {
    problems.push("slipway:chat.serverHost: missing; set it, or slipway:domain for all apps");
  }
  if (!onLocal && !given.has("chatMongoUri")) {
    problems.push('slipway:chatMongoUri: missing secret; run "pulumi config set --secret chatMongoUri"');
  }
  if (onLocal && given.has("chatMongoUri")) {
    problems.push("slipway:chatMongoUri: expected none, since the local cluster runs a MongoDB of its own");
  }
  const { memory = LEAST_SERVER_MEMORY } = chat.server?.resources ?? {};
  if (quantityValue(memory) < quantityValue(LEAST_SERVER_MEMORY)) {
    problems.push(
      `slipway:chat.server.resources.memory: expected at least ${LEAST_SERVER_MEMORY}, most of which a server takes before the first connection, got "${memory}"`,
    );
  }
  if (chat.client?.exposedBy === "loadBalancer" && chat.cluster !== "gke") {
    problems.push(
      `slipway:chat.client.exposedBy: expected entry, got "loadBalancer", which gke alone offers, not ${chat.cluster}`,
    );
  }
  return problems;
}

/** Where there is a MySQL, which one a Prisma 1 server needs, what an open door needs, and which password comes next. */
function prismaProblems({ prisma, gcp }: Settings, given: ReadonlySet<string>, last?: LastOutputs): string[] {
  if (!prisma) return [];
  const problems: string[] = [];
  const wrongVersion = versionProblem(last?.passwordVersions.prisma, prisma.passwordVersion);
  if (wrongVersion !== undefined) problems.push(`slipway:prisma.passwordVersion: ${wrongVersion}`);
  const { cluster, image = "", exposed } = prisma;
  if (cluster === "eks") {
    problems.push("slipway:prisma.cluster: expected gke or local, which offer MySQL, got eks");
  }
  if (cluster === "gke" && gcp && !gcp.cloudSql) {
    problems.push('slipway:gcp.cloudSql: missing; slipway:prisma needs a database, if only "cloudSql: {}"');
  }
  if (
    isPrisma1(image) &&
    (cluster !== "gke" || (gcp?.cloudSql && gcp.cloudSql.databaseVersion !== "MYSQL_5_7"))
  ) {
    problems.push(
      "slipway:prisma.image: a Prisma 1 server speaks MySQL 5.7 only; place it on gke, with slipway:gcp.cloudSql.databaseVersion: MYSQL_5_7",
    );
  }
  if (exposed && isPrisma1(image)) {
    problems.push(
      "slipway:prisma.exposed: expected false of a Prisma 1 server, whose secret guards its management interface and not the data",
    );
  }
  if (exposed && cluster !== "local" && !given.has("prismaManagementApiSecret")) {
    problems.push(
      'slipway:prismaManagementApiSecret: missing secret, without which nothing is exposed; run "pulumi config set --secret prismaManagementApiSecret"',
    );
  }
  return problems;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // a plain string is a value too; the schema says what it wanted instead
  }
}

function describe(key: string, issue: z.core.$ZodIssue): string {
  const path = ["slipway:" + key, ...issue.path.map(String)].join(".");
  return `${path}: ${issue.message}`;
}
