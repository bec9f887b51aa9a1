import * as pulumi from "@pulumi/pulumi";

/** Labels of everything in Google Cloud that can have labels: they say whose it is, also on the bill. */
export function cloudLabels(stack = pulumi.getStack()): Record<string, string> {
  // A label's value has small letters, digits, "-" and "_", and 63 of them at most.
  const value = stack
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "-")
    .slice(0, 63);
  return { "part-of": "slipway", stack: value, "managed-by": "pulumi" };
}
