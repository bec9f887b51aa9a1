import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { Network, type NetworkSize } from "../../../infra/gcp/network.js";
import { only, record, valueOf } from "../../support/program.js";
import { Google, listOf, waitsFor } from "./google.js";

const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const FIREWALL = "gcp:compute/firewall:Firewall";

describe("infra/gcp/network", () => {
  let network: Network;
  const run = (size: NetworkSize = {}) =>
    record(() => {
      network = new Network(
        "net",
        { ...size, project: "acme-dev", region: "europe-west1" },
        new Google().opts,
      );
    });

  it("is a network of its own with one subnetwork and one way out", async () => {
    const resources = await run();
    assert.deepEqual(listOf(resources), [
      "address:Address net-nat",
      "firewall:Firewall net-deny",
      "network:Network net",
      "router:Router net",
      "routerNat:RouterNat net",
      "subnetwork:Subnetwork net",
    ]);
    assert.deepEqual(only(resources, "gcp:compute/network:Network", "net").inputs, {
      project: "acme-dev",
      autoCreateSubnetworks: false,
      routingMode: "REGIONAL",
    });
  });

  it("defaults to ranges that hold a thousand nodes and their pods, and to flow logs", async () => {
    assert.deepEqual(only(await run(), SUBNETWORK, "net").inputs, {
      project: "acme-dev",
      region: "europe-west1",
      network: "net-id",
      ipCidrRange: "10.0.0.0/20",
      secondaryIpRanges: [
        { rangeName: "pods", ipCidrRange: "10.4.0.0/14" },
        { rangeName: "services", ipCidrRange: "10.8.0.0/20" },
      ],
      privateIpGoogleAccess: true,
      logConfig: {
        aggregationInterval: "INTERVAL_10_MIN",
        flowSampling: 0.5,
        metadata: "INCLUDE_ALL_METADATA",
      },
    });
    assert.deepEqual(
      [network.podsRange, network.servicesRange, network.flowLogs],
      ["pods", "services", true],
    );
  });

  it("takes other ranges", async () => {
    const ranges = { nodes: "172.16.0.0/24", pods: "172.20.0.0/14", services: "172.24.0.0/22" };
    const { inputs } = only(await run(ranges), SUBNETWORK, "net");
    assert.deepEqual(
      [inputs.ipCidrRange, ...inputs.secondaryIpRanges.map((range: any) => range.ipCidrRange)],
      ["172.16.0.0/24", "172.20.0.0/14", "172.24.0.0/22"],
    );
  });

  it("logs nothing of the traffic when it is told so", async () => {
    const resources = await run({ flowLogs: false });
    assert.equal(only(resources, SUBNETWORK, "net").inputs.logConfig, undefined);
    assert.equal(only(resources, FIREWALL, "net-deny").inputs.logConfig, undefined);
    assert.equal(network.flowLogs, false);
  });

  it("lets nobody in: its one rule of the firewall refuses, after all that GKE opens for itself", async () => {
    const resources = await run();
    assert.deepEqual(
      resources.filter(({ type, inputs }) => type === FIREWALL && inputs.allows),
      [],
    );
    assert.deepEqual(only(resources, FIREWALL, "net-deny").inputs, {
      project: "acme-dev",
      network: "net-id",
      direction: "INGRESS",
      priority: 65534,
      denies: [{ protocol: "all" }],
      sourceRanges: ["0.0.0.0/0"],
      logConfig: { metadata: "EXCLUDE_ALL_METADATA" },
    });
  });

  it("lets nodes and pods out by an address that is reserved, so that others can let it in", async () => {
    const resources = await run();
    assert.deepEqual(only(resources, "gcp:compute/address:Address", "net-nat").inputs, {
      project: "acme-dev",
      region: "europe-west1",
      labels: { "part-of": "slipway", stack: "test", "managed-by": "pulumi" },
    });
    assert.deepEqual(await Promise.all(network.egressAddresses.map(valueOf)), ["203.0.113.20"]);
    assert.deepEqual(only(resources, "gcp:compute/routerNat:RouterNat", "net").inputs, {
      project: "acme-dev",
      region: "europe-west1",
      router: "net-0a1b2c3",
      natIpAllocateOption: "MANUAL_ONLY",
      natIps: ["https://www.googleapis.com/compute/v1/addresses/net-nat-0a1b2c3"],
      sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
      subnetworks: [{ name: "net-id", sourceIpRangesToNats: ["ALL_IP_RANGES"] }],
      logConfig: { enable: true, filter: "ERRORS_ONLY" },
    });
  });

  it("lets whoever stands in the subnetwork wait for the way out and the firewall, and go before them", async () => {
    await run();
    assert.deepEqual(await waitsFor(network.subnetworkId), [
      "firewall:Firewall net-deny",
      "routerNat:RouterNat net",
      "subnetwork:Subnetwork net",
    ]);
  });

  const overlapping: [NetworkSize, string, string][] = [
    [
      { pods: "10.0.0.0/14" },
      "network.pods",
      'expected a range apart from nodes "10.0.0.0/20", got "10.0.0.0/14"',
    ],
    [
      { services: "10.4.0.0/20" },
      "network.services",
      'expected a range apart from pods "10.4.0.0/14", got "10.4.0.0/20"',
    ],
  ];
  for (const [size, propertyPath, reason] of overlapping) {
    it(`refuses ${JSON.stringify(size)}, whose addresses others have`, async () => {
      await record(() => {
        assert.throws(
          () => new Network("net", { ...size, project: "acme-dev", region: "europe-west1" }),
          (error) => {
            assert.ok(pulumi.InputPropertyError.isInstance(error));
            assert.deepEqual([error.propertyPath, error.reason], [propertyPath, reason]);
            return true;
          },
        );
      });
    });
  }
});
