import * as pulumi from "@pulumi/pulumi";
import type { Identity, IdentityArgs } from "../platform.js";

export interface WorkloadIdentityArgs extends IdentityArgs {
  project: pulumi.Input<string>;
  projectNumber: pulumi.Input<string>;
}

/** Name of the pool in which every cluster of the project has its pods. */
export function workloadPoolOf(project: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.interpolate`${project}.svc.id.goog`;
}

/** Workload Identity Federation knows pods by the names of their namespace and account: neither has to be there yet. */
export function workloadIdentity(args: WorkloadIdentityArgs) {
  const { project, projectNumber, namespace, name } = args;
  const pool = pulumi.interpolate`projects/${projectNumber}/locations/global/workloadIdentityPools/${workloadPoolOf(project)}`;
  const principal = pulumi.interpolate`principal://iam.googleapis.com/${pool}/subject/ns/${namespace}/sa/${name}`;
  return { serviceAccountName: name, principal } satisfies Identity;
}
