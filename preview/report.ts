import { z } from "zod";

// Bounds everywhere: the reader of a report may not be able to trust who wrote it.
const word = z.string().max(500);

const propertyChange = z.strictObject({
  /** Such as `spec.template.spec.containers[0].image`. */
  path: word,

  /** Whether the resource is replaced because of it. */
  replaces: z.boolean(),

  /** For people; absent where there is none. */
  before: word.optional(),
  after: word.optional(),
});

const resourceChange = z.strictObject({
  action: z.enum(["create", "update", "replace", "delete"]),
  type: word,
  name: word,
  urn: z.string().max(2000),

  /** Of a replacement: nothing serves in between. */
  deletedFirst: z.boolean().optional(),
  properties: z.array(propertyChange).max(200),

  /** Names of the rules of `risk.ts` that it falls under. */
  risks: z.array(word).max(20),
});

/** What a preview of one stack found, as it goes from the job that rehearses to the one that tells. */
export const stackReport = z.strictObject({
  stack: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'expected a stack\'s name such as "dev"'),

  /** What it is compared with; absent for a first deployment. */
  against: z
    .string()
    .regex(/^[\w./-]{1,100}$/, 'expected a git ref such as "origin/main"')
    .optional(),
  unchanged: z.int().min(0),
  changes: z.array(resourceChange).max(5000),

  /** Why there is no preview, or no whole one. */
  failure: z.string().max(20_000).optional(),
});

export type PropertyChange = z.infer<typeof propertyChange>;
export type ResourceChange = z.infer<typeof resourceChange>;
export type StackReport = z.infer<typeof stackReport>;

/** Most important first. */
export const actions = ["replace", "delete", "update", "create"] as const;

/** Whether a person should look before this is deployed. */
export function isRisky({ changes }: StackReport): boolean {
  return changes.some(({ risks }) => risks.length > 0);
}

/** @throws Error that says what is wrong with the text, without repeating it */
export function parseReport(text: string): StackReport {
  const result = stackReport.safeParse(JSON.parse(text) as unknown);
  if (result.success) return result.data;
  throw new Error(`not a report of a preview: ${z.prettifyError(result.error)}`);
}
