import type { RecordSetArgs } from "@pulumi/gcp/dns/recordSet.js";
import type * as pulumi from "@pulumi/pulumi";

export interface AddressRecordArgs {
  project: pulumi.Input<string>;

  /** Name of a managed zone that the host belongs to. */
  dnsZone: string;
  host: string;
  address: pulumi.Input<string>;
}

/** A record that says where a host is. */
export function addressRecord({ project, dnsZone, host, address }: AddressRecordArgs): RecordSetArgs {
  return { project, managedZone: dnsZone, name: `${host}.`, type: "A", ttl: 300, rrdatas: [address] };
}
