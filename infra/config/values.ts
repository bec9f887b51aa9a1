import { z } from "zod";

export const replicas = z.int().min(1).max(50);
export const port = z.int().min(1).max(65535);
export const host = z.hostname();

export const quantity = (example: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(m|k|[MGT]|[KMGT]i)?$/, `expected a Kubernetes quantity such as "${example}"`);

export const resources = z.strictObject({
  cpu: quantity("250m").optional(),
  memory: quantity("256Mi").optional(),
  ephemeralStorage: quantity("64Mi").optional(),
});

/** A registry with or without a port, a path, and then what makes the reference immutable: a tag, a digest or both. */
export const image = z
  .string()
  .regex(
    /^([a-z0-9.-]+(:\d+)?\/)?[a-z0-9._/-]+(:v\d+\.\d+\.\d+-[0-9a-f]{7,40}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
    'expected an immutable reference, a tag such as ":v1.0.1-bfeda01f" or a digest such as "@sha256:…", never "latest"',
  );

/** A range of IPv4 addresses that begins where its prefix says. */
export const ipRange = z
  .cidrv4()
  .refine(startsAtItsPrefix, 'expected the first address of the range, such as "10.0.0.0/20"');

/** Who may reach a control plane; the whole internet is not an answer. */
export const reachableFrom = z
  .array(
    ipRange.refine((range) => Number(range.split("/")[1]) >= 8, 'expected networks of yours, at most a "/8"'),
  )
  .min(1);

/** As GitHub spells it in its tokens: with the numbers of owner and repository, or of an older repository without. */
export const gitHubRepository = z
  .string()
  .regex(
    /^[A-Za-z0-9-]+(\/[A-Za-z0-9._-]+|@\d+\/[A-Za-z0-9._-]+@\d+)$/,
    'expected a GitHub repository as its tokens name it, such as "acme@1234/platform@5678", or "acme/platform"',
  );

/** Between which numbers of nodes the autoscaler may choose. */
export const nodeCounts = {
  minNodes: z.int().min(0).max(100).optional(),
  maxNodes: z.int().min(1).max(100).optional(),
};

function startsAtItsPrefix(range: string): boolean {
  const [address = "", length = ""] = range.split("/");
  const bits = address.split(".").reduce((number, byte) => number * 256 + Number(byte), 0);
  return bits % 2 ** (32 - Number(length)) === 0;
}
