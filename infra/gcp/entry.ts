import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { doNotAwait } from "../k8s/await.js";
import { ingressRule } from "../k8s/ingress.js";
import { labelsFor } from "../k8s/labels.js";
import type { Entry, EntryArgs } from "../platform.js";

/**
 * An Ingress of Google's external load balancer, without TLS yet: its address, its certificate and its timeouts come
 * with the cluster that the program makes.
 */
export class GceEntry extends pulumi.ComponentResource implements Entry {
  readonly url: string;

  constructor(name: string, args: EntryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:GceEntry", name, args, opts);

    const { namespace, host, routes } = args;
    if (host === undefined) {
      throw new pulumi.InputPropertyError({
        propertyPath: "host",
        reason: `expected the name under which "${name}" is asked for, got none`,
      });
    }

    const parent = this;
    createIngress(host);

    this.url = `http://${host}`;
    this.registerOutputs({ url: this.url });

    function createIngress(ingressHost: string) {
      // GKE reads the class from the annotation only.
      const annotations = { ...doNotAwait, "kubernetes.io/ingress.class": "gce" };
      return new k8s.networking.v1.Ingress(
        name,
        {
          metadata: { name, namespace, labels: labelsFor(name, "entry").labels, annotations },
          spec: { rules: [ingressRule(ingressHost, routes)] },
        },
        { parent },
      );
    }
  }
}
