import type { KubernetesObject, V1StorageClass } from "@kubernetes/client-node";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { paths } from "../../../shell/paths.js";
import { made } from "../../cluster/made.js";

export const GKE_DISKS = "pd.csi.storage.gke.io";

/** What every cluster of GKE has from the beginning: its classes of storage, and the definitions of its Ingresses. */
export function gkeObjects(): KubernetesObject[] {
  const classes = { "standard-rwo": "pd-balanced", "premium-rwo": "pd-ssd" };
  return [
    ...Object.entries(classes).map(([name, type]) => storageClass(name, type, name === "standard-rwo")),
    ...definitions(),
  ];
}

function storageClass(name: string, type: string, isDefault: boolean): KubernetesObject {
  const annotations = { "storageclass.kubernetes.io/is-default-class": String(isDefault) };
  return made<V1StorageClass>({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name, annotations },
    ...{ provisioner: GKE_DISKS, parameters: { type }, volumeBindingMode: "WaitForFirstConsumer" },
    ...{ allowVolumeExpansion: true, reclaimPolicy: "Delete" },
  });
}

/** BackendConfig, FrontendConfig, ManagedCertificate and PodMonitoring as their controllers define them. */
function definitions(): KubernetesObject[] {
  const lines = execFileSync(join(paths.bin, "gke-definitions"), {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as KubernetesObject);
}
