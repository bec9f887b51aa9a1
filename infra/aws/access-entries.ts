import type { AccessEntryArgs } from "@pulumi/eks/types/input.js";
import type * as pulumi from "@pulumi/pulumi";

export interface ClusterUsers {
  /** ARNs of those who may do everything. */
  readonly admins: readonly string[];

  /** The workflow that deploys. */
  readonly deployRoleArn?: pulumi.Input<string>;

  /** The workflow that previews: it reads, but no Secrets. */
  readonly previewRoleArn?: pulumi.Input<string>;

  /** The workflow that looks for drift: it reads all that the program made, Secrets too. */
  readonly driftRoleArn?: pulumi.Input<string>;
}

/**
 * Who may do what in the cluster, by a name that no reordering changes. Whoever created the cluster has an entry that
 * EKS made, and EKS refuses a second one.
 */
export function accessEntriesFor({ admins, deployRoleArn, previewRoleArn, driftRoleArn }: ClusterUsers) {
  const entries: Record<string, AccessEntryArgs> = {};
  for (const arn of [...new Set(admins)].sort()) {
    entries[`admin-${arn.slice(arn.lastIndexOf(":") + 1).replaceAll("/", "-")}`] = entry(arn, "ClusterAdmin");
  }
  if (deployRoleArn !== undefined) entries.deploy = entry(deployRoleArn, "ClusterAdmin");
  if (previewRoleArn !== undefined) entries.preview = entry(previewRoleArn, "View");
  if (driftRoleArn !== undefined) entries.drift = entry(driftRoleArn, "AdminView");
  return entries;
}

function entry(
  principalArn: pulumi.Input<string>,
  policy: "ClusterAdmin" | "View" | "AdminView",
): AccessEntryArgs {
  const policyArn = `arn:aws:eks::aws:cluster-access-policy/AmazonEKS${policy}Policy`;
  return { principalArn, accessPolicies: { [policy]: { policyArn, accessScope: { type: "cluster" } } } };
}
