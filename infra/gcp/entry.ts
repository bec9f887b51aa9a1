import { GlobalAddress } from "@pulumi/gcp/compute/globalAddress.js";
import { RecordSet } from "@pulumi/gcp/dns/recordSet.js";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { doNotAwait } from "../k8s/await.js";
import { ingressRule } from "../k8s/ingress.js";
import { labelsFor } from "../k8s/labels.js";
import type { Entry, EntryArgs } from "../platform.js";
import { addressRecord } from "./address-record.js";
import { cloudLabels } from "./labels.js";

export interface GceEntryArgs extends EntryArgs {
  project: pulumi.Input<string>;

  /** Name of the policy that says which versions of TLS are spoken. */
  sslPolicy: pulumi.Input<string>;

  /** What the host ends in unless it is given. */
  domain?: string;

  /**
   * Name of a managed zone of Cloud DNS that the host belongs to.
   *
   * @default none: you make a record for `address`
   */
  dnsZone?: string;
}

/** An Ingress of Google's external load balancer, with an address and a certificate of its own; HTTP leads to HTTPS. */
export class GceEntry extends pulumi.ComponentResource implements Entry {
  readonly url: string;
  readonly address: pulumi.Output<string>;

  constructor(name: string, args: GceEntryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:GceEntry", name, {}, opts);

    const { project, namespace, routes, sslPolicy, dnsZone } = args;
    const host = hostOf(name, args);
    const parent = this;
    const { labels } = labelsFor(name, "entry");
    const metadata = { name, namespace, labels };

    const address = createAddress();
    if (dnsZone !== undefined) createRecord(dnsZone);
    const certificate = createCertificate();
    const frontendConfig = createFrontendConfig();
    createIngress();

    this.url = `https://${host}`;
    this.address = address.address;
    this.registerOutputs({ url: this.url, address: this.address });

    function createAddress() {
      return new GlobalAddress(name, { project, labels: cloudLabels() }, { parent });
    }

    function createRecord(zone: string) {
      const record = addressRecord({ project, dnsZone: zone, host, address: address.address });
      return new RecordSet(name, record, { parent });
    }

    function createCertificate() {
      return new k8s.apiextensions.CustomResource(
        `${name}-certificate`,
        {
          apiVersion: "networking.gke.io/v1",
          kind: "ManagedCertificate",
          metadata,
          spec: { domains: [host] },
        },
        { parent },
      );
    }

    function createFrontendConfig() {
      return new k8s.apiextensions.CustomResource(
        `${name}-frontend`,
        {
          apiVersion: "networking.gke.io/v1beta1",
          kind: "FrontendConfig",
          metadata,
          spec: {
            sslPolicy,
            redirectToHttps: { enabled: true, responseCodeName: "MOVED_PERMANENTLY_DEFAULT" },
          },
        },
        { parent },
      );
    }

    function createIngress() {
      const annotations = {
        ...doNotAwait,
        // GKE reads the class from the annotation only.
        "kubernetes.io/ingress.class": "gce",
        "kubernetes.io/ingress.global-static-ip-name": address.name,
        "networking.gke.io/managed-certificates": nameOf(certificate),
        "networking.gke.io/v1beta1.FrontendConfig": nameOf(frontendConfig),
      };
      return new k8s.networking.v1.Ingress(
        name,
        { metadata: { ...metadata, annotations }, spec: { rules: [ingressRule(host, routes)] } },
        // It is gone when its load balancer is, and only then is the address free.
        { parent, customTimeouts: { delete: "20m" } },
      );
    }
  }
}

/** The name under which the entry is asked for. */
export function hostOf(name: string, { host, domain }: Pick<GceEntryArgs, "host" | "domain">): string {
  if (host !== undefined) return host;
  if (domain !== undefined) return `${name}.${domain}`;
  throw new pulumi.InputPropertyError({
    propertyPath: "host",
    reason: `expected the name under which "${name}" is asked for, got none; set it, or slipway:domain for all apps`,
  });
}

function nameOf(resource: k8s.apiextensions.CustomResource): pulumi.Output<string> {
  return resource.metadata.name;
}
