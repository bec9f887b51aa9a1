import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../shell/errors.js";
import { run, stopIfInterrupted } from "../shell/programs.js";

/** A resource as the engine's state has it, as far as it matters here. */
export interface StateResource {
  urn: string;
  type: string;
  outputs?: {
    apiVersion?: string;
    kind?: string;
    metadata?: { name?: string; namespace?: string; uid?: string };
  };
}

/** The flags that lead kubectl to a cluster. */
export interface ClusterAddress {
  kubeconfig: string;
  context?: string;
}

const patienceSec = 120;

/**
 * URNs of the Kubernetes objects that the state tells of and the cluster does not have any more: somebody deleted
 * them by hand. The engine itself compares the program with the state only.
 */
export async function missingObjects(resources: StateResource[], cluster: ClusterAddress): Promise<string[]> {
  const objects = resources.filter(
    ({ type, outputs }) => type.startsWith("kubernetes:") && outputs?.metadata?.uid !== undefined,
  );
  if (objects.length === 0) return [];
  const deadline = Date.now() + patienceSec * 1000;
  for (;;) {
    stopIfInterrupted();
    const found = await find(objects, cluster);
    const going = objects.filter(({ outputs }) => found.get(outputs?.metadata?.uid ?? "") === "going");
    if (going.length === 0)
      return objects.filter(({ outputs }) => !found.has(outputs?.metadata?.uid ?? "")).map(({ urn }) => urn);
    if (Date.now() > deadline) {
      const names = going.map(({ outputs }) => `${outputs?.kind ?? ""} ${outputs?.metadata?.name ?? ""}`);
      throw new UserError(
        `${names.join(", ")}: deleted, but not gone within ${patienceSec} s; see what its finalizers wait for`,
      );
    }
    await sleep(250);
  }
}

/** The objects that are there, by their ids, and whether they are to stay. */
async function find(
  objects: StateResource[],
  { kubeconfig, context }: ClusterAddress,
): Promise<Map<string, "there" | "going">> {
  const items = objects.map(({ outputs: { apiVersion, kind, metadata: { name, namespace } = {} } = {} }) => ({
    apiVersion,
    kind,
    metadata: { name, namespace },
  }));
  const columns = "UID:.metadata.uid,DELETED:.metadata.deletionTimestamp";
  const options = ["--ignore-not-found", "--no-headers", `--output=custom-columns=${columns}`];
  const which = [`--kubeconfig=${kubeconfig}`, ...(context === undefined ? [] : [`--context=${context}`])];
  const answer = await run("kubectl", ["get", "-f", "-", ...which, ...options, "--request-timeout=20s"], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
  const rows = answer.split("\n").filter(Boolean);
  return new Map(
    rows.map((row) => {
      const [uid = "", deleted] = row.trim().split(/\s+/);
      return [uid, deleted === "<none>" ? "there" : "going"];
    }),
  );
}
