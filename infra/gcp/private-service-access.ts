import { GlobalAddress } from "@pulumi/gcp/compute/globalAddress.js";
import { Connection } from "@pulumi/gcp/servicenetworking/connection.js";
import * as pulumi from "@pulumi/pulumi";
import { cloudLabels } from "./labels.js";

export interface PrivateServiceAccessArgs {
  project: pulumi.Input<string>;
  networkId: pulumi.Input<string>;
}

/** Addresses of our network for services that Google runs in a network of its own, such as Cloud SQL. */
export class PrivateServiceAccess extends pulumi.ComponentResource {
  /** The network's own id, known when it is connected. */
  readonly networkId: pulumi.Output<string>;

  constructor(name: string, args: PrivateServiceAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:PrivateServiceAccess", name, {}, opts);

    const { project, networkId } = args;
    const parent = this;

    const range = createRange();
    const connection = createConnection();

    this.networkId = pulumi.all([networkId, connection.service]).apply(([id]) => id);
    this.registerOutputs({ networkId: this.networkId });

    function createRange() {
      return new GlobalAddress(
        name,
        {
          project,
          purpose: "VPC_PEERING",
          addressType: "INTERNAL",
          // Google chooses where; Cloud SQL takes a /24 for each kind of instance in a region.
          prefixLength: 20,
          network: networkId,
          labels: cloudLabels(),
        },
        { parent },
      );
    }

    function createConnection() {
      return new Connection(
        name,
        {
          network: networkId,
          service: "servicenetworking.googleapis.com",
          reservedPeeringRanges: [range.name],
          // For days after the last instance is gone Google says that it still uses the connection.
          deletionPolicy: "ABANDON",
          // An abandoned one is found and used again.
          updateOnCreationFail: true,
        },
        { parent },
      );
    }
  }
}
