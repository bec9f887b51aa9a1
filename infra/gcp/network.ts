import { Address } from "@pulumi/gcp/compute/address.js";
import { Firewall } from "@pulumi/gcp/compute/firewall.js";
import { Network as ComputeNetwork } from "@pulumi/gcp/compute/network.js";
import { Router } from "@pulumi/gcp/compute/router.js";
import { RouterNat } from "@pulumi/gcp/compute/routerNat.js";
import { Subnetwork } from "@pulumi/gcp/compute/subnetwork.js";
import * as pulumi from "@pulumi/pulumi";
import { overlaps } from "./ip-ranges.js";
import { cloudLabels } from "./labels.js";

export interface NetworkSize {
  /** @default "10.0.0.0/20" */
  nodes?: string;

  /**
   * Each node takes 256 addresses of it.
   *
   * @default "10.4.0.0/14"
   */
  pods?: string;

  /** @default "10.8.0.0/20" */
  services?: string;

  /**
   * Whether a sample of all connections is logged, those between pods of one node too.
   *
   * @default true
   */
  flowLogs?: boolean;
}

export interface NetworkArgs extends NetworkSize {
  project: pulumi.Input<string>;
  region: string;
}

/** Names of the subnetwork's secondary ranges. */
const PODS = "pods";
const SERVICES = "services";

/** A network with one subnetwork: no machine in it has a public address, all share one way out. */
export class Network extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;

  /** Known when the way out and the firewall are there too: they outlive whatever stands in it. */
  readonly subnetworkId: pulumi.Output<string>;
  readonly podsRange = PODS;
  readonly servicesRange = SERVICES;
  readonly flowLogs: boolean;

  /** From where nodes and pods call the outside. */
  readonly egressAddresses: readonly pulumi.Output<string>[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:gcp:Network", name, {}, opts);

    const {
      project,
      region,
      nodes = "10.0.0.0/20",
      pods = "10.4.0.0/14",
      services = "10.8.0.0/20",
      flowLogs = true,
    } = args;
    refuseOverlaps({ nodes, pods, services });
    const parent = this;

    const network = createNetwork();
    const firewall = createFirewall();
    const subnetwork = createSubnetwork();
    const egress = createEgressAddress();
    const nat = createNat(createRouter());

    this.id = network.id;
    this.subnetworkId = pulumi.all([subnetwork.id, firewall.network, nat.region]).apply(([id]) => id);
    this.flowLogs = flowLogs;
    this.egressAddresses = [egress.address];
    this.registerOutputs({ id: this.id, subnetworkId: this.subnetworkId });

    function createNetwork() {
      return new ComputeNetwork(
        name,
        { project, autoCreateSubnetworks: false, routingMode: "REGIONAL" },
        { parent },
      );
    }

    function createFirewall() {
      // Google refuses what no rule allows anyway; this rule says so, and logs it. GKE opens what it needs itself.
      return new Firewall(
        `${name}-deny`,
        {
          project,
          network: network.id,
          direction: "INGRESS",
          priority: 65534,
          denies: [{ protocol: "all" }],
          sourceRanges: ["0.0.0.0/0"],
          ...(flowLogs && { logConfig: { metadata: "EXCLUDE_ALL_METADATA" } }),
        },
        { parent },
      );
    }

    function createSubnetwork() {
      return new Subnetwork(
        name,
        {
          project,
          region,
          network: network.id,
          ipCidrRange: nodes,
          secondaryIpRanges: [
            { rangeName: PODS, ipCidrRange: pods },
            { rangeName: SERVICES, ipCidrRange: services },
          ],
          // Nodes pull images and write logs without leaving Google's network.
          privateIpGoogleAccess: true,
          ...(flowLogs && {
            logConfig: {
              aggregationInterval: "INTERVAL_10_MIN",
              flowSampling: 0.5,
              metadata: "INCLUDE_ALL_METADATA",
            },
          }),
        },
        { parent },
      );
    }

    function createRouter() {
      return new Router(name, { project, region, network: network.id }, { parent });
    }

    function createEgressAddress() {
      // Reserved, so that others can let it in. One has ports for a thousand nodes, by the 64 that Google gives each.
      return new Address(`${name}-nat`, { project, region, labels: cloudLabels() }, { parent });
    }

    function createNat(router: Router) {
      return new RouterNat(
        name,
        {
          project,
          region,
          router: router.name,
          natIpAllocateOption: "MANUAL_ONLY",
          natIps: [egress.selfLink],
          sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
          subnetworks: [{ name: subnetwork.id, sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
          logConfig: { enable: true, filter: "ERRORS_ONLY" },
        },
        { parent },
      );
    }
  }
}

function refuseOverlaps(ranges: Readonly<Record<string, string>>) {
  const [pair] = overlaps(ranges);
  if (!pair) return;
  const [one, other] = pair;
  throw new pulumi.InputPropertyError({
    propertyPath: `network.${other}`,
    reason: `expected a range apart from ${one} "${ranges[one] ?? ""}", got "${ranges[other] ?? ""}"`,
  });
}
