import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

const GROUP = "eks.amazonaws.com";
const NAME = "alb";

/**
 * The class of the Ingresses for which Auto Mode makes an Application Load Balancer that the internet reaches. Whoever
 * takes the name from it goes before it goes: without its class an Ingress could not take its load balancer along.
 */
export function createIngressClass(
  name: string,
  opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
): k8s.networking.v1.IngressClass {
  const params = new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: `${GROUP}/v1`,
      kind: "IngressClassParams",
      metadata: { name: NAME },
      spec: { scheme: "internet-facing" },
    },
    opts,
  );
  const parameters = { apiGroup: GROUP, kind: "IngressClassParams", name: params.metadata.name };
  return new k8s.networking.v1.IngressClass(
    name,
    { metadata: { name: NAME }, spec: { controller: `${GROUP}/alb`, parameters } },
    opts,
  );
}
