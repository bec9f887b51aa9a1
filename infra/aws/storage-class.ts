import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/**
 * Encrypted SSD volumes of EBS, made by Auto Mode in the zone of the pod that needs one. The class is the default: EKS
 * has none of its own, and a claim that names none would wait for ever.
 */
export function createStorageClass(
  name: string,
  opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
): k8s.storage.v1.StorageClass {
  return new k8s.storage.v1.StorageClass(
    name,
    {
      metadata: { name: "gp3", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "ebs.csi.eks.amazonaws.com",
      parameters: { type: "gp3", encrypted: "true" },
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: "Delete",
      // Only Auto Mode's own nodes can mount them, so a pod with a volume goes to one.
      allowedTopologies: [
        { matchLabelExpressions: [{ key: "eks.amazonaws.com/compute-type", values: ["auto"] }] },
      ],
    },
    opts,
  );
}
