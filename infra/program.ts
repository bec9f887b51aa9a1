import type * as pulumi from "@pulumi/pulumi";
import { Chat } from "./apps/chat.js";
import { Journal } from "./apps/journal.js";
import { Prisma } from "./apps/prisma.js";
import { type CloudOutputs, createClusters } from "./clusters.js";
import type { StackConfig } from "./config.js";

/** What `pulumi stack output` shows, and what `npm run status` reads. */
export interface StackOutputs extends CloudOutputs {
  /** Where each app answers, by the app's name. */
  readonly urls: Readonly<Record<string, string>>;

  /** Which version of their database's password all pods of an app have gone over to, by the app's name. */
  readonly passwordVersions: Readonly<Record<string, pulumi.Output<number>>>;
}

/** The table of contents: the stack's configuration -> clusters -> apps -> stack outputs. */
export async function deploy(config: StackConfig): Promise<StackOutputs> {
  const clusters = await createClusters(config);
  const urls: Record<string, string> = {};
  const passwordVersions: Record<string, pulumi.Output<number>> = {};

  if (config.journal) {
    const cluster = clusters.get(config.journal.cluster);
    const journal = new Journal("journal", {
      ...config.journal,
      cluster,
      redisPassword: config.secrets.redisPassword,
    });
    urls.journal = journal.url;
  }

  if (config.chat) {
    const cluster = clusters.get(config.chat.cluster);
    const chat = new Chat("chat", { ...config.chat, cluster, mongoUri: config.secrets.chatMongoUri });
    urls.chat = chat.url;
  }

  if (config.prisma) {
    const cluster = clusters.get(config.prisma.cluster);
    const managementApiSecret = config.secrets.prismaManagementApiSecret;
    const prisma = new Prisma("prisma", { ...config.prisma, cluster, managementApiSecret });
    if (prisma.url !== undefined) urls.prisma = prisma.url;
    passwordVersions.prisma = prisma.passwordVersion;
  }

  return { urls, passwordVersions, ...clusters.outputs() };
}
