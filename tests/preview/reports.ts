import type { ResourceChange, StackReport } from "../../preview/report.js";

/** A change of a report, of which a test says what matters to it. */
export const change = (
  action: ResourceChange["action"],
  type: string,
  name: string,
  rest: Partial<ResourceChange> = {},
): ResourceChange => ({
  action,
  type,
  name,
  urn: `urn:pulumi:dev::slipway::${type}::${name}`,
  properties: [],
  risks: [],
  ...rest,
});

export const report = (
  stack: string,
  changes: ResourceChange[],
  rest: Partial<StackReport> = {},
): StackReport => ({
  stack,
  against: "origin/main",
  unchanged: 10,
  changes,
  ...rest,
});

/** What a pull request that moves a cluster to another network makes of a stack. */
export const dangerous = (stack: string): StackReport =>
  report(stack, [
    change("create", "gcp:compute/network:Network", "new"),
    change("replace", "gcp:container/cluster:Cluster", "gke", {
      deletedFirst: true,
      properties: [{ path: "network", replaces: true, before: "old", after: "new" }],
      risks: ["cluster"],
    }),
    change("update", "kubernetes:apps/v1:Deployment", "journal-frontend", {
      properties: [{ path: "spec.replicas", replaces: false, before: "2", after: "3" }],
    }),
    change("delete", "gcp:compute/address:Address", "chat", { risks: ["address"] }),
  ]);
