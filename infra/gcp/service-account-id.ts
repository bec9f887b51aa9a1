import * as pulumi from "@pulumi/pulumi";

const ALLOWED = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** Id of a service account, which nobody makes up for us: with the stack in it, two stacks can share a project. */
export function serviceAccountId(role: string, stack = pulumi.getStack()): string {
  const id = `${stack}-${role}`;
  if (!ALLOWED.test(id)) {
    throw new pulumi.RunError(
      `expected a stack's name that makes service account ids of 6 to 30 small letters, digits and "-", got "${id}"; ` +
        `name the stack differently, such as "dev"`,
    );
  }
  return id;
}
