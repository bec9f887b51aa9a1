import { Address } from "@pulumi/gcp/compute/address.js";
import { RecordSet } from "@pulumi/gcp/dns/recordSet.js";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { doNotAwait } from "../k8s/await.js";
import type { LoadBalancer, LoadBalancerArgs } from "../platform.js";
import { addressRecord } from "./address-record.js";
import { hostOf } from "./entry.js";
import { cloudLabels } from "./labels.js";

export interface GceLoadBalancerArgs extends LoadBalancerArgs {
  project: pulumi.Input<string>;

  /** Where the cluster's nodes are: the address has to be there too. */
  region: string;

  /** @default none, and `host` must be given */
  domain?: string;

  /** @default none: you make the host's record */
  dnsZone?: string;
}

/** A Service with a regional address of its own, for what speaks something else than HTTP, or needs no TLS. */
export class GceLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  readonly url: string;
  readonly address: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;

  /** From where requests reach the pods: packets keep the sender's address. */
  readonly peers = [{ ipBlock: { cidr: "0.0.0.0/0" } }];

  constructor(name: string, args: GceLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:GceLoadBalancer", name, {}, opts);

    const { project, region, namespace, labels, selector, port = 80, targetPort, dnsZone } = args;
    const host = hostOf(name, args);
    const parent = this;

    const address = createAddress();
    if (dnsZone !== undefined) createRecord(dnsZone);
    const service = createService();

    this.url = `http://${host}${port === 80 ? "" : `:${port}`}`;
    this.address = address.address;
    this.serviceName = service.metadata.name;
    this.registerOutputs({ url: this.url, address: this.address, serviceName: this.serviceName });

    function createAddress() {
      return new Address(name, { project, region, labels: cloudLabels() }, { parent });
    }

    function createRecord(zone: string) {
      const record = addressRecord({ project, dnsZone: zone, host, address: address.address });
      return new RecordSet(name, record, { parent });
    }

    function createService() {
      const annotations = { ...doNotAwait, "cloud.google.com/l4-rbs": "enabled" };
      return new k8s.core.v1.Service(
        name,
        {
          metadata: { name, namespace, labels, annotations },
          spec: {
            type: "LoadBalancer",
            loadBalancerIP: address.address,
            // Only nodes with a pod get requests, and the pod sees whose they are.
            externalTrafficPolicy: "Local",
            selector,
            ports: [{ name: "http", port, targetPort, protocol: "TCP" }],
          },
        },
        // It is gone when its load balancer is, and only then is the address free.
        { parent, customTimeouts: { delete: "20m" } },
      );
    }
  }
}
