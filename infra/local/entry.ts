import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { doNotAwait } from "../k8s/await.js";
import { ingressRule } from "../k8s/ingress.js";
import { labelsFor } from "../k8s/labels.js";
import type { Entry, EntryArgs } from "../platform.js";

export interface LocalEntryArgs extends EntryArgs {
  /** Port of this machine that leads to Traefik's entrypoint with TLS. */
  httpsPort: number;
}

/**
 * An Ingress of the machine's Traefik. Traefik serves every Ingress with and without TLS and gets the certificates by
 * itself, so the Ingress says nothing about either.
 */
export class LocalEntry extends pulumi.ComponentResource implements Entry {
  readonly url: string;

  constructor(name: string, args: LocalEntryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:local:LocalEntry", name, {}, opts);

    const { namespace, routes, httpsPort } = args;
    const host = args.host ?? localHost(name);
    const parent = this;

    createIngress();

    this.url = localUrl(host, httpsPort);
    this.registerOutputs({ url: this.url });

    function createIngress() {
      return new k8s.networking.v1.Ingress(
        name,
        {
          metadata: { name, namespace, labels: labelsFor(name, "entry").labels, annotations: doNotAwait },
          spec: { ingressClassName: "traefik", rules: [ingressRule(host, routes)] },
        },
        { parent },
      );
    }
  }
}

export function localHost(name: string): string {
  return `${name}.localhost`;
}

export function localUrl(host: string, httpsPort: number): string {
  return httpsPort === 443 ? `https://${host}` : `https://${host}:${httpsPort}`;
}
