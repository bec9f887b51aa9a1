import * as pulumi from "@pulumi/pulumi";

/**
 * Keeps out of the state where in the program each resource is made, and by which calls, which were a seventh of it. Of
 * an ES module the SDK notes the file with the whole path of the checkout (its frames are URLs already, of which the SDK
 * makes URLs once more), so every deployment from another folder, as in CI, changed the record of every resource.
 *
 * The SDK has no setting for it; it takes resources without a position as they are.
 */
export function leaveOutSourcePositions(): void {
  Object.assign(pulumi.Resource, { callsites: () => [] });
}
