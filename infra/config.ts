import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type Images, clusterNames, imageNames } from "./platform.js";

const replicas = z.int().min(1).max(50);
const port = z.int().min(1).max(65535);
const quantity = (example: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(m|k|[MGT]|[KMGT]i)?$/, `expected a Kubernetes quantity such as "${example}"`);
const host = z.hostname();

/** A registry with or without a port, a path, and then what makes the reference immutable: a tag, a digest or both. */
const image = z
  .string()
  .regex(
    /^([a-z0-9.-]+(:\d+)?\/)?[a-z0-9._/-]+(:v\d+\.\d+\.\d+-[0-9a-f]{7,40}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
    'expected an immutable reference, a tag such as ":v1.0.1-bfeda01f" or a digest such as "@sha256:…", never "latest"',
  );

const resources = z.strictObject({
  cpu: quantity("250m").optional(),
  memory: quantity("256Mi").optional(),
  ephemeralStorage: quantity("64Mi").optional(),
});

const noKubeconfig = 'missing; run "npm run up", which starts the cluster';
const apiCluster = z.strictObject({
  /** File with the cluster's address and the way to sign in. */
  kubeconfig: z.string().min(1).optional(),
  context: z.string().min(1).optional(),
});

/** Every plain setting. One block here is one key in Pulumi.<stack>.yaml. */
export const settings = {
  /** The cluster that `npm run up` started on this machine; the command fills in the kubeconfig. */
  local: apiCluster
    .extend({
      kubeconfig: z.string(noKubeconfig).min(1, noKubeconfig),
      httpPort: port.optional(),
      httpsPort: port.optional(),
    })
    .optional(),

  /** Until the program makes its own: a GKE cluster that exists, by a context of the kubeconfig. */
  gke: apiCluster.extend({ context: z.string().min(1) }).optional(),

  /** Reference of each image, as the build or the promotion wrote it. */
  images: z.strictObject(Object.fromEntries(imageNames.map((name) => [name, image.optional()]))).optional(),

  journal: z
    .strictObject({
      cluster: z.enum(clusterNames),
      /** Not needed on the local cluster: there it is journal.localhost. */
      host: host.optional(),
      /** Entries shown per page; reaches the container as JOURNAL_ENTRIES. */
      journalEntries: z.int().min(1).max(1000).optional(),
      logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal"]).optional(),
      frontend: z.strictObject({ replicas: replicas.optional(), resources: resources.optional() }).optional(),
      fileserver: z
        .strictObject({ replicas: replicas.optional(), resources: resources.optional() })
        .optional(),
      redis: z
        .strictObject({
          replicas: replicas.optional(),
          /** Size of each volume. A StatefulSet cannot change it: grow the volumes by hand first. */
          storage: quantity("10Gi").optional(),
          resources: resources.optional(),
        })
        .optional(),
    })
    .optional(),
};

/** Every secret. Set one with `pulumi config set --secret <key>`. */
const secrets = {
  /** Instead of a password that the program makes up. */
  redisPassword: z
    .string()
    .regex(/^[A-Za-z0-9]{16,128}$/, "expected 16 to 128 letters and digits")
    .optional(),
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

/** Images that each app is made of. */
const imagesOf = { journal: ["journal-frontend", "journal-fileserver", "redis"] } as const;

/** Reads the stack's whole configuration, once; throws one error with everything that is wrong in it. */
export function loadConfig(source = new pulumi.Config("slipway")): StackConfig {
  const given = new Map(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith("slipway:"))
      .map(([key, value]) => [key.slice("slipway:".length), value]),
  );
  const problems = [...given.keys()]
    .filter((key) => !(key in settings) && !(key in secrets))
    .map((key) => `slipway:${key}: unknown key`);

  const values: Record<string, unknown> = {};
  for (const key of settingKeys) {
    const text = given.get(key);
    const result = settings[key].safeParse(text === undefined ? undefined : parseJson(text));
    values[key] = result.data;
    problems.push(...(result.error?.issues.map((issue) => describe(key, issue)) ?? []));
  }
  for (const key of secretKeys) {
    problems.push(...secretProblems(key, secrets[key], given.get(key)));
  }
  problems.push(...contradictions(values, new Set(given.keys())));
  if (problems.length > 0) {
    const list = problems.map((problem) => `\n  - ${problem}`).join("");
    throw new pulumi.RunError(
      `Stack "${pulumi.getStack()}" has ${problems.length} configuration problem(s):${list}`,
    );
  }
  const secretValues = Object.fromEntries(secretKeys.map((key) => [key, source.getSecret(key)]));
  return { ...values, images: values.images ?? {}, secrets: secretValues };
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
function contradictions(values: Settings, given: ReadonlySet<string>): string[] {
  const clusters = clusterNames.filter((name) => given.has(name));
  return Object.entries(imagesOf).flatMap(([app, images]) => {
    const block = values[app as keyof typeof imagesOf];
    if (!block) return [];

    const problems: string[] = [];
    const { cluster, host } = block;
    const onLocal = cluster === "local";
    if (!clusters.includes(cluster)) {
      const allowed = clusters.join(", ") || "none";
      problems.push(
        `slipway:${app}.cluster: expected a cluster of this stack (${allowed}), got "${cluster}"`,
      );
    }
    if (!onLocal && host === undefined) {
      problems.push(`slipway:${app}.host: missing; only the local cluster has a name of its own for it`);
    }
    if (given.has("images") && !values.images) return problems;
    const advice = onLocal ? 'run "npm run up", which builds it' : "write the reference that was pushed";
    const missing = images.filter((name) => !values.images?.[name]);
    return [...problems, ...missing.map((name) => `slipway:images.${name}: missing; ${advice}`)];
  });
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
