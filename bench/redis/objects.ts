import { kubectl } from "../../machine/kubectl.js";

/** The namespace of all that only the bench needs. */
export const BENCH = "bench-redis";

/** Creates or changes objects of the cluster; they go to kubectl by its input, for some are secret. */
export async function apply(objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await kubectl(["apply", "--server-side", "-f", "-"], { input });
}
