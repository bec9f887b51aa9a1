import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Finding } from "./finding.js";

const skips = z.array(
  z.strictObject({
    checker: z.enum(["kube-score", "kubernetes-validate", "checkov"]),
    check: z.string().min(1),
    /** Of which manifests; any other has to pass. */
    manifests: z.array(z.string().min(1)).min(1),
    reason: z.string().min(20),
    /** What ends it. */
    until: z.string().min(10),
  }),
);
export type Skip = z.infer<typeof skips>[number];

/** Every finding that is accepted, with its reason; the only place where one can be. */
export function readSkips(): Skip[] {
  return skips.parse(parse(readFileSync(join(import.meta.dirname, "skips.yaml"), "utf8")));
}

export const skipOf = (finding: Finding, all: readonly Skip[]) =>
  all.find(
    ({ checker, check, manifests }) =>
      checker === finding.checker && check === finding.check && manifests.includes(finding.manifest),
  );
