import * as pulumi from "@pulumi/pulumi";

/**
 * Keeps out of the state where in the program each resource is made, which Pulumi's SDK adds with the stack of the call.
 * These are files of the machine that deploys, so every deployment from another folder, as in CI, changed the record of
 * every resource, and they were a seventh of the state.
 *
 * The SDK has no setting for it; it takes resources without a position as they are.
 */
export function leaveOutSourcePositions(): void {
  Object.assign(pulumi.Resource, { callsites: () => [] });
}
