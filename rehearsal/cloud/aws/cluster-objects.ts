import type { KubernetesObject } from "@kubernetes/client-node";

/** Auto Mode's own; the driver that is installed as an add-on is "ebs.csi.aws.com". */
export const EKS_DISKS = "ebs.csi.eks.amazonaws.com";

/**
 * What a cluster of EKS in Auto Mode has from the beginning. Its definitions are in no module: this one is written
 * after https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html, and takes no field beyond those.
 */
export function eksObjects(): KubernetesObject[] {
  const text = { type: "string" };
  const spec = {
    type: "object",
    properties: {
      scheme: { type: "string", enum: ["internal", "internet-facing"] },
      ipAddressType: { type: "string", enum: ["ipv4", "dualstack", "dualstack-without-public-ipv4"] },
      certificateARNs: { type: "array", items: text },
      group: { type: "object", required: ["name"], properties: { name: text } },
      subnets: { type: "object", properties: { ids: { type: "array", items: text } } },
      loadBalancerAttributes: {
        type: "array",
        items: { type: "object", required: ["key", "value"], properties: { key: text, value: text } },
      },
      tags: { type: "array", items: { type: "object", properties: { key: text, value: text } } },
      namespaceSelector: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    },
  };
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "ingressclassparams.eks.amazonaws.com" },
    spec: {
      group: "eks.amazonaws.com",
      scope: "Cluster",
      names: {
        kind: "IngressClassParams",
        listKind: "IngressClassParamsList",
        plural: "ingressclassparams",
        singular: "ingressclassparam",
      },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
        },
      ],
    },
  };
  return [definition];
}
