import * as pulumi from "@pulumi/pulumi";

export interface NodeCountsArgs {
  /** @default 2, or as many as there may be */
  minNodes?: number;

  /** @default 4, or as many as there must be */
  maxNodes?: number;

  /** @default 2, or the nearest that is allowed */
  desiredNodes?: number;
}

/** How EKS wants the numbers of a node group: all three, and in order. */
export function nodeCountsFor({ minNodes, maxNodes, desiredNodes }: NodeCountsArgs) {
  const minSize = minNodes ?? Math.min(2, maxNodes ?? 2, desiredNodes ?? 2);
  const maxSize = maxNodes ?? Math.max(4, minSize, desiredNodes ?? 0);
  if (minSize > maxSize) {
    throw new pulumi.InputPropertyError({
      propertyPath: "eks.minNodes",
      reason: `expected at most maxNodes, which is ${maxSize}, got ${minSize}`,
    });
  }
  const desiredSize = desiredNodes ?? Math.min(Math.max(2, minSize), maxSize);
  if (desiredSize < minSize || desiredSize > maxSize) {
    throw new pulumi.InputPropertyError({
      propertyPath: "eks.desiredNodes",
      reason: `expected ${minSize} to ${maxSize}, got ${desiredSize}`,
    });
  }
  return { minSize, maxSize, desiredSize };
}
