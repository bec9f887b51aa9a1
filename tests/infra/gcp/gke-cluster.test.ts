import assert from "node:assert/strict";
import { parse } from "yaml";
import { GkeCluster, type GkeSize, controlPlaneAccess } from "../../../infra/gcp/gke-cluster.js";
import { Network } from "../../../infra/gcp/network.js";
import { type Registered, only, record, valueOf } from "../../support/program.js";
import { Google, listOf, waitsFor } from "./google.js";

const CLUSTER = "gcp:container/cluster:Cluster";
const POOL = "gcp:container/nodePool:NodePool";

interface Run extends GkeSize {
  protection?: boolean;
  flowLogs?: boolean;
}

describe("infra/gcp/gke-cluster", () => {
  let gke: GkeCluster;
  let byDefault: Registered[];
  const run = ({ protection = true, flowLogs, ...size }: Run = {}) =>
    record(() => {
      const { opts } = new Google();
      const where = { project: "acme-dev", region: "europe-west1" };
      const network = new Network("net", { ...where, flowLogs }, opts);
      const identities = { nodeServiceAccount: "nodes@acme", gkeServiceAgent: "serviceAccount:gke" };
      gke = new GkeCluster("gke", { ...size, ...where, ...identities, network, protection }, opts);
    });
  const cluster = async (options?: Run) => only(options ? await run(options) : byDefault, CLUSTER, "gke");

  before(async () => (byDefault = await run()));

  it("is a cluster and its nodes", () => {
    const list = listOf(byDefault).filter((entry) => !/ net(-deny|-nat)?$/.test(entry));
    assert.deepEqual(list, ["cluster:Cluster gke", "nodePool:NodePool gke-nodes"]);
  });

  it("defaults to three zones, the regular channel, maintenance at night and a DNS endpoint only", async () => {
    assert.deepEqual((await cluster()).inputs, {
      project: "acme-dev",
      location: "europe-west1",
      network: "net-id",
      subnetwork: "net-id",
      ipAllocationPolicy: { clusterSecondaryRangeName: "pods", servicesSecondaryRangeName: "services" },
      initialNodeCount: 1,
      removeDefaultNodePool: true,
      releaseChannel: { channel: "REGULAR" },
      maintenancePolicy: { dailyMaintenanceWindow: { startTime: "02:00" } },
      workloadIdentityConfig: { workloadPool: "acme-dev.svc.id.goog" },
      enableIntranodeVisibility: true,
      resourceLabels: { "part-of": "slipway", stack: "test", "managed-by": "pulumi" },
      deletionProtection: true,
      privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: true },
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: { allowExternalTraffic: true },
        ipEndpointsConfig: { enabled: false },
      },
      masterAuthorizedNetworksConfig: {},
      networkingMode: "VPC_NATIVE",
      datapathProvider: "ADVANCED_DATAPATH",
      networkPolicy: { enabled: false },
      addonsConfig: { dnsCacheConfig: { enabled: true } },
      enableShieldedNodes: true,
      nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
      enableLegacyAbac: false,
      masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
      anonymousAuthenticationConfig: { mode: "LIMITED" },
      rbacBindingConfig: {
        enableInsecureBindingSystemAuthenticated: false,
        enableInsecureBindingSystemUnauthenticated: false,
      },
      monitoringConfig: {
        enableComponents: [
          "SYSTEM_COMPONENTS",
          "STORAGE",
          "HPA",
          "POD",
          "DAEMONSET",
          "DEPLOYMENT",
          "STATEFULSET",
          "CADVISOR",
          "KUBELET",
        ],
        managedPrometheus: { enabled: true },
      },
    });
  });

  it("says nothing that every preview would show as a change: no version, no pool, no node inside it", async () => {
    const { inputs, ignoreChanges } = await cluster();
    const fickle = ["minMasterVersion", "nodeVersion", "nodePools", "nodeConfig", "nodeLocations"];
    assert.deepEqual(
      fickle.filter((key) => key in inputs),
      [],
    );
    assert.deepEqual(ignoreChanges, []);
  });

  it("stands in one zone with all its nodes when it is told so", async () => {
    const resources = await run({ zone: "europe-west1-b" });
    assert.equal(only(resources, CLUSTER, "gke").inputs.location, "europe-west1-b");
    assert.equal(only(resources, POOL, "gke-nodes").inputs.location, "europe-west1-b");
  });

  it("takes another channel and another time of the day", async () => {
    const { inputs } = await cluster({ releaseChannel: "STABLE", maintenanceStart: "22:30" });
    assert.deepEqual(inputs.releaseChannel, { channel: "STABLE" });
    assert.deepEqual(inputs.maintenancePolicy, { dailyMaintenanceWindow: { startTime: "22:30" } });
  });

  it("hands its nodes what they are, and makes them after the cluster", async () => {
    const size = { machineType: "n2-standard-2", spot: true, minNodes: 2, maxNodes: 4 };
    const resources = await run(size);
    const { inputs, dependencies } = only(resources, POOL, "gke-nodes");
    assert.equal(inputs.nodeConfig.machineType, "n2-standard-2");
    assert.equal(inputs.nodeConfig.spot, true);
    assert.equal(inputs.nodeConfig.serviceAccount, "nodes@acme");
    assert.deepEqual([inputs.autoscaling.minNodeCount, inputs.autoscaling.maxNodeCount], [2, 4]);
    assert.ok(dependencies.includes(only(resources, CLUSTER, "gke").urn));
  });

  it("drives every switch of protection by one value", async () => {
    for (const protection of [true, false]) {
      const { inputs, protect } = await cluster({ protection });
      assert.deepEqual([inputs.deletionProtection, protect], [protection, protection]);
    }
  });

  it("encrypts its Secrets with a key that GKE may use already, when it is told so", async () => {
    const resources = await run({ encryptSecrets: true });
    const { inputs, dependencies } = only(resources, CLUSTER, "gke");
    assert.deepEqual(inputs.databaseEncryption, { state: "ENCRYPTED", keyName: "gke-key-id" });
    assert.ok(
      dependencies.includes(only(resources, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "gke-key").urn),
    );
    assert.equal(only(resources, "gcp:kms/cryptoKey:CryptoKey", "gke-key").protect, true);
  });

  it("shows traffic within a node where the network's flow logs show the rest", async () => {
    assert.equal((await cluster({ flowLogs: false })).inputs.enableIntranodeVisibility, false);
  });

  it("goes before the way out of the network does, and comes after it", async () => {
    const { dependencies } = await cluster();
    assert.ok(dependencies.includes(only(byDefault, "gcp:compute/routerNat:RouterNat", "net").urn));
  });

  it("has an hour to be made and more to be upgraded", async () => {
    const { timeouts } = await cluster();
    assert.deepEqual([timeouts.create, timeouts.update, timeouts.delete], ["60m", "90m", "60m"]);
  });

  it("is reached at an address by the listed networks alone, and by its name by nobody", () => {
    assert.deepEqual(controlPlaneAccess(["203.0.113.0/24", "198.51.100.7/32"]), {
      privateClusterConfig: { enablePrivateNodes: true, enablePrivateEndpoint: false },
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: { allowExternalTraffic: false },
        ipEndpointsConfig: { enabled: true },
      },
      masterAuthorizedNetworksConfig: {
        cidrBlocks: [{ cidrBlock: "203.0.113.0/24" }, { cidrBlock: "198.51.100.7/32" }],
        gcpPublicCidrsAccessEnabled: false,
        privateEndpointEnforcementEnabled: true,
      },
    });
  });

  it("has a kubeconfig, a secret, for the DNS endpoint", async () => {
    await run();
    assert.equal(await (gke.kubeconfig as any).isSecret, true);
    const { clusters } = parse(await valueOf(gke.kubeconfig));
    assert.deepEqual(clusters, [
      {
        name: "gke_acme-dev_europe-west1_gke-0a1b2c3",
        cluster: { server: "https://gke-1a2b.europe-west1.gke.goog" },
      },
    ]);
  });

  it("has a kubeconfig for the address, with the cluster's authority, when it is reached there", async () => {
    await run({ reachableFrom: ["203.0.113.0/24"] });
    const { cluster: access } = parse(await valueOf(gke.kubeconfig)).clusters[0];
    assert.deepEqual(access, { server: "https://203.0.113.30", "certificate-authority-data": "Q0E=" });
  });

  it("does not make the kubeconfig wait for the nodes: new nodes must not hide it from a preview", async () => {
    await run();
    assert.deepEqual(await waitsFor(gke.kubeconfig), ["cluster:Cluster gke"]);
  });
});
