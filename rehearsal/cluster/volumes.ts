import {
  CoreV1Api,
  makeInformer,
  StorageV1Api,
  type KubeConfig,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
} from "@kubernetes/client-node";
import { made } from "./made.js";

const ZONE = "topology.kubernetes.io/zone";
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const PROVISIONER = "volume.kubernetes.io/storage-provisioner";
const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

/**
 * Does for claims what the clouds' CSI drivers do: a volume in the zone of the node that the scheduler has chosen, and
 * nowhere else, so that a pod can never go where its data is not. Kubernetes itself binds the two.
 *
 * @returns what ends it
 */
export async function provideVolumes(
  config: KubeConfig,
  drivers: readonly string[],
): Promise<() => Promise<void>> {
  const core = config.makeApiClient(CoreV1Api);
  const storage = config.makeApiClient(StorageV1Api);
  const claims = makeInformer(config, "/api/v1/persistentvolumeclaims", () =>
    core.listPersistentVolumeClaimForAllNamespaces(),
  );
  const volumes = makeInformer(config, "/api/v1/persistentvolumes", () => core.listPersistentVolume());
  const onClaim = (claim: V1PersistentVolumeClaim) => {
    void provide(core, storage, claim, drivers).catch(report);
  };
  claims.on("add", onClaim);
  claims.on("update", onClaim);
  volumes.on("update", (volume) => void reclaim(core, volume, drivers).catch(report));
  let ended = false;
  for (const informer of [claims, volumes]) {
    informer.on("error", () => void (ended ? undefined : informer.start().catch(report)));
    await informer.start();
  }
  return async () => {
    ended = true;
    for (const informer of [claims, volumes]) await informer.stop();
  };
}

function report(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
}

async function provide(
  core: CoreV1Api,
  storage: StorageV1Api,
  { metadata, spec, status }: V1PersistentVolumeClaim,
  drivers: readonly string[],
): Promise<void> {
  const [name, namespace, uid] = [metadata?.name, metadata?.namespace, metadata?.uid ?? ""];
  const annotations = metadata?.annotations ?? {};
  const driver = annotations[PROVISIONER];
  if (spec?.volumeName || status?.phase === "Bound" || !driver || !drivers.includes(driver)) return;
  const storageClass = await storage.readStorageClass({ name: spec?.storageClassName ?? "" });
  const nodeName = annotations[SELECTED_NODE];
  if (storageClass.volumeBindingMode === "WaitForFirstConsumer" && nodeName === undefined) return;
  const node = nodeName === undefined ? undefined : await core.readNode({ name: nodeName });
  const zone = node?.metadata?.labels?.[ZONE];
  const body = made<V1PersistentVolume>({
    metadata: { name: `pvc-${uid}`, annotations: { [PROVISIONED_BY]: driver } },
    spec: {
      capacity: { storage: spec?.resources?.requests?.storage ?? "" },
      accessModes: spec?.accessModes,
      storageClassName: storageClass.metadata?.name,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid },
      hostPath: { path: `/rehearsal/${uid}` },
      ...(zone !== undefined && {
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: [zone] }] }],
          },
        },
      }),
    },
  });
  await core.createPersistentVolume({ body }).catch(unless(409));
}

/** A volume whose claim is gone goes too, if its class says so. */
async function reclaim(
  core: CoreV1Api,
  { metadata, spec, status }: V1PersistentVolume,
  drivers: readonly string[],
) {
  const driver = metadata?.annotations?.[PROVISIONED_BY] ?? "";
  if (status?.phase !== "Released" || spec?.persistentVolumeReclaimPolicy !== "Delete") return;
  if (drivers.includes(driver))
    await core.deletePersistentVolume({ name: metadata?.name ?? "" }).catch(unless(404));
}

/** It has happened already: another event told of the same. */
const unless = (code: number) => (error: unknown) => {
  if ((error as { code?: number }).code !== code) throw error;
};
