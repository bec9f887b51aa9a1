import { z } from "zod";
import { gitHubRepository, ipRange, nodeCounts, reachableFrom } from "./values.js";

const projectId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'expected a Google Cloud project id such as "acme-dev"');
const region = z.string().regex(/^[a-z]+-[a-z]+\d$/, 'expected a region such as "europe-west1"');
const zone = z.string().regex(/^[a-z]+-[a-z]+\d-[a-z]$/, 'expected a zone such as "europe-west1-b"');
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of the day in UTC such as "02:00"');

/** What Google's libraries sign in with. */
const keyFields = z.object({
  type: z.literal("service_account"),
  client_email: z.string().min(1),
  private_key: z.string().startsWith("-----BEGIN PRIVATE KEY-----"),
});

/** Key of a service account as the console gives it out; no problem tells anything of it. */
export const serviceAccountKey = z.string().refine((text) => wrongFieldsOf(text)?.length === 0, {
  error: ({ input }) =>
    'expected the JSON of a service account\'s key, with "type": "service_account", a "client_email" and a ' +
    `"private_key" in PEM, got ${wrongPartOf(input as string)}`,
});

/** Of Google's series those with ARM processors end in "a", but for A4X. */
const x86MachineType = z
  .string()
  .min(1)
  .refine((type) => !/^([a-z]\d+a|a4x)-/.test(type), {
    error: 'expected an x86-64 machine type such as "e2-standard-4", which the images are built for',
  });

/** `slipway:gcp`: everything of Google Cloud. Left out, nothing of it is created. */
export const gcp = z
  .strictObject({
    project: projectId,
    region,

    network: z
      .strictObject({
        nodes: ipRange.optional(),
        pods: ipRange.optional(),
        services: ipRange.optional(),
        flowLogs: z.boolean().optional(),
      })
      .optional(),

    gke: z
      .strictObject({
        /** One zone: cheaper, and gone when the zone is. Left out, nodes and control plane stand in three. */
        zone: zone.optional(),
        machineType: x86MachineType.optional(),
        spot: z.boolean().optional(),
        /** For each zone. */
        ...nodeCounts,
        releaseChannel: z.enum(["RAPID", "REGULAR", "STABLE"]).optional(),
        maintenanceStart: timeOfDay.optional(),
        /** Instead of the control plane's DNS endpoint, which asks for Google's own sign-in: these networks only. */
        reachableFrom: reachableFrom.optional(),
        encryptSecrets: z.boolean().optional(),
      })
      .optional(),

    /** Left out, there is no database. */
    cloudSql: z
      .strictObject({
        tier: z.string().startsWith("db-").optional(),
        highlyAvailable: z.boolean().optional(),
        readReplica: z.boolean().optional(),
        backupsKept: z.int().min(1).max(365).optional(),
        /** MYSQL_5_7 is for a Prisma 1 server only. */
        databaseVersion: z.enum(["MYSQL_8_4", "MYSQL_5_7"]).optional(),
      })
      .optional(),

    /** Name of a managed zone in Cloud DNS that the apps' hosts belong to. Left out, you make the records. */
    dnsZone: z.string().min(1).optional(),

    /**
     * Lets this repository's workflows sign in without a key: "acme@1234/platform@5678", with the numbers that nobody
     * else ever gets, or "acme/platform" if GitHub's tokens for it have none.
     */
    gitHubRepository: gitHubRepository.optional(),
  })
  .refine(({ region, gke }) => gke?.zone === undefined || gke.zone.startsWith(`${region}-`), {
    path: ["gke", "zone"],
    message: "expected a zone of slipway:gcp.region",
  })
  .refine(({ gke }) => (gke?.minNodes ?? 0) <= (gke?.maxNodes ?? Infinity), {
    path: ["gke", "minNodes"],
    message: "expected at most maxNodes",
  })
  .optional();

/** Which of its fields are not as expected; undefined of what is no JSON of an object. */
function wrongFieldsOf(text: string): string[] | undefined {
  try {
    const { error } = keyFields.safeParse(JSON.parse(text));
    const fields = error?.issues.map(({ path }) => path[0]) ?? [];
    return fields.includes(undefined) ? undefined : fields.map((field) => `"${String(field)}"`);
  } catch {
    return undefined;
  }
}

function wrongPartOf(text: string): string {
  const fields = wrongFieldsOf(text);
  return fields ? `one with a missing or wrong ${fields.join(" and ")}` : "something else";
}
