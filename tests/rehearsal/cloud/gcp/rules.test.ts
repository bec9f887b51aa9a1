import assert from "node:assert/strict";
import { TestCloud } from "../cloud.js";

const NETWORK = "gcp:compute/network:Network";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const ADDRESS = "gcp:compute/address:Address";
const ROUTER = "gcp:compute/router:Router";
const NAT = "gcp:compute/routerNat:RouterNat";
const CONNECTION = "gcp:servicenetworking/connection:Connection";
const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const CLUSTER = "gcp:container/cluster:Cluster";
const NODE_POOL = "gcp:container/nodePool:NodePool";
const ACCOUNT = "gcp:serviceaccount/account:Account";
const ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole";
const MEMBER = "gcp:projects/iAMMember:IAMMember";
const SERVICE = "gcp:projects/service:Service";
const KEY_RING = "gcp:kms/keyRing:KeyRing";
const KEY = "gcp:kms/cryptoKey:CryptoKey";
const KEY_MEMBER = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember";
const IDENTITY = "gcp:projects/serviceIdentity:ServiceIdentity";
const POOL_PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider";

describe("rehearsal/cloud/gcp, which refuses what Google refuses", () => {
  let cloud: TestCloud;

  beforeEach(async () => {
    cloud = new TestCloud("gcp");
    await cloud.enable(
      "compute",
      "container",
      "iam",
      "cloudresourcemanager",
      "cloudkms",
      "sqladmin",
      "servicenetworking",
    );
  });

  afterEach(() => {
    cloud.remove();
  });

  /** A network with a subnetwork for a cluster. */
  async function network() {
    const { id } = await cloud.create(NETWORK, { name: "main", autoCreateSubnetworks: false });
    const subnetwork = await cloud.create(SUBNETWORK, {
      name: "main",
      network: id,
      ipCidrRange: "10.0.0.0/20",
      secondaryIpRanges: [{ rangeName: "pods", ipCidrRange: "10.4.0.0/14" }],
    });
    return { networkId: id, subnetworkId: subnetwork.id };
  }

  async function cluster(more: Record<string, unknown> = {}) {
    const { networkId, subnetworkId } = await network();
    return await cloud.create(CLUSTER, {
      name: "main",
      location: "europe-west1",
      network: networkId,
      subnetwork: subnetworkId,
      deletionProtection: false,
      workloadIdentityConfig: { workloadPool: "acme.svc.id.goog" },
      ...more,
    });
  }

  it("makes nothing before its API is on, and leaves the API on", async () => {
    const own = new TestCloud("gcp");
    await assert.rejects(
      own.create(NETWORK, { name: "main" }),
      /compute\.googleapis\.com has not been used in project acme/,
    );
    await own.enable("compute");
    await own.create(NETWORK, { name: "main" });
    await own.delete(SERVICE, "acme/compute.googleapis.com");
    assert.equal(own.store.find(SERVICE, "acme/compute.googleapis.com")?.remains, "the API stays on");
    own.remove();
  });

  it("lets no two ranges of a network overlap", async () => {
    const { networkId } = await network();
    const other = { name: "other", network: networkId, ipCidrRange: "10.4.1.0/24" };
    await assert.rejects(cloud.create(SUBNETWORK, other), /10\.4\.1\.0\/24 conflicts with 10\.4\.0\.0\/14/);
    const twice = {
      ...other,
      ipCidrRange: "10.9.0.0/24",
      secondaryIpRanges: [{ rangeName: "a", ipCidrRange: "10.9.0.0/28" }],
    };
    await assert.rejects(cloud.create(SUBNETWORK, twice), /10\.9\.0\.0\/24 conflicts with 10\.9\.0\.0\/28/);
    await cloud.create(SUBNETWORK, { ...other, ipCidrRange: "10.10.0.0/24" });
  });

  it("lets out by reserved addresses only where they are named, and keeps them while they are", async () => {
    const { id } = await cloud.create(NETWORK, { name: "main" });
    const router = await cloud.create(ROUTER, { name: "main", network: id, region: "europe-west1" });
    const address = await cloud.create(ADDRESS, { name: "nat", region: "europe-west1" });
    const ranges = { sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES" };
    const nat = (more: object) =>
      cloud.create(NAT, { name: "main", router: router.outputs.name, ...ranges, ...more });
    const natIps = [address.outputs.selfLink];

    await assert.rejects(nat({ natIpAllocateOption: "MANUAL_ONLY" }), /natIps with MANUAL_ONLY/);
    await assert.rejects(nat({ natIpAllocateOption: "AUTO_ONLY", natIps }), /natIps with MANUAL_ONLY/);
    await assert.rejects(nat({ natIpAllocateOption: "MANUAL_ONLY", natIps: ["other"] }), /"other"/);
    await nat({ natIpAllocateOption: "MANUAL_ONLY", natIps });
    await assert.rejects(cloud.delete(ADDRESS, address.id), /already being used by/);
  });

  it("keeps an abandoned connection until its network goes", async () => {
    const { id } = await cloud.create(NETWORK, { name: "main" });
    const connection = await cloud.create(CONNECTION, {
      network: id,
      service: "servicenetworking.googleapis.com",
      reservedPeeringRanges: [],
      deletionPolicy: "ABANDON",
    });
    await cloud.delete(CONNECTION, connection.id);
    assert.match(cloud.store.find(CONNECTION, connection.id)?.remains ?? "", /abandoned/);
    await cloud.delete(NETWORK, id);
    assert.equal(cloud.store.find(CONNECTION, connection.id), undefined);
  });

  it("makes a database with a private address only in a network that is connected", async () => {
    const { id } = await cloud.create(NETWORK, { name: "main" });
    const settings = { tier: "db-custom-1-3840", ipConfiguration: { privateNetwork: id } };
    const database = { name: "db", databaseVersion: "MYSQL_8_4", settings };
    await assert.rejects(cloud.create(INSTANCE, database), /is not connected to the services' network/);
    const service = "servicenetworking.googleapis.com";
    await cloud.create(CONNECTION, { network: id, service, reservedPeeringRanges: [] });
    const { outputs } = await cloud.create(INSTANCE, database);
    assert.equal(outputs.connectionName, "acme:europe-west1:db");
    assert.match(String(outputs.privateIpAddress), /^10\./);
  });

  it("holds a database to its edition, and a regional one to its binary log", async () => {
    const database = (settings: object) => ({ name: "db", databaseVersion: "MYSQL_8_4", settings });
    const tier = "db-perf-optimized-N-2";
    await assert.rejects(cloud.create(INSTANCE, database({ tier })), /is not of the edition ENTERPRISE/);
    await assert.rejects(
      cloud.create(INSTANCE, database({ tier: "db-custom-1-3840", availabilityType: "REGIONAL" })),
      /needs backups with the binary log/,
    );
  });

  it("gives rights to nobody who does not exist", async () => {
    const role = "roles/viewer";
    const member = "serviceAccount:ci@acme.iam.gserviceaccount.com";
    await assert.rejects(
      cloud.create(MEMBER, { project: "acme", role, member }),
      /service account ci@.* does not exist/,
    );
    await cloud.create(ACCOUNT, { accountId: "ci-deploy" });
    const real = "serviceAccount:ci-deploy@acme.iam.gserviceaccount.com";
    await cloud.create(MEMBER, { project: "acme", role, member: real });
    await assert.rejects(cloud.create(MEMBER, { project: "acme", role, member: real }), /already exists/);
  });

  it("knows the pool of the pods' identities only once there is a cluster with it", async () => {
    const { number } = await cloud.invoke("gcp:organizations/getProject:getProject", {});
    const pool = `projects/${String(number)}/locations/global/workloadIdentityPools/acme.svc.id.goog`;
    const member = `principal://iam.googleapis.com/${pool}/subject/ns/a/sa/b`;
    const grant = { project: "acme", role: "roles/cloudsql.client", member };
    await assert.rejects(cloud.create(MEMBER, grant), /identity pool does not exist \(acme\.svc\.id\.goog\)/);
    await cluster();
    await cloud.create(MEMBER, grant);
  });

  it("takes a role of one's own with permissions of Google's form, under an id without hyphens", async () => {
    const role = { roleId: "drift_1", title: "Reads", permissions: ["container.secrets.get"] };
    await assert.rejects(cloud.create(ROLE, { ...role, roleId: "drift-1" }), /3 to 64 letters, digits/);
    await assert.rejects(cloud.create(ROLE, { ...role, permissions: ["secrets"] }), /a permission such as/);
    await assert.rejects(cloud.create(ROLE, { ...role, permissions: [] }), /at least one permission/);
    const { outputs } = await cloud.create(ROLE, role);
    assert.equal(outputs.name, "projects/acme/roles/drift_1");
  });

  it("lets nobody in by GitHub without a condition", async () => {
    await cloud.create("gcp:iam/workloadIdentityPool:WorkloadIdentityPool", {
      workloadIdentityPoolId: "github-1",
    });
    const provider = {
      workloadIdentityPoolId: "github-1",
      workloadIdentityPoolProviderId: "github",
      oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
    };
    await assert.rejects(cloud.create(POOL_PROVIDER, provider), /an attribute condition must be defined/);
    await cloud.create(POOL_PROVIDER, { ...provider, attributeCondition: "assertion.repository == 'a/b'" });
  });

  it("makes a cluster only of ranges that its subnetwork has", async () => {
    const ipAllocationPolicy = { clusterSecondaryRangeName: "pods", servicesSecondaryRangeName: "services" };
    await assert.rejects(cluster({ ipAllocationPolicy }), /the subnetwork has no secondary range "services"/);
  });

  it("encrypts a cluster only with a key that GKE may use", async () => {
    const ring = await cloud.create(KEY_RING, { name: "ring", location: "europe-west1" });
    const key = await cloud.create(KEY, { name: "key", keyRing: ring.id });
    const databaseEncryption = { state: "ENCRYPTED", keyName: key.id };
    await assert.rejects(
      cluster({ name: "a", databaseEncryption }),
      /container-engine-robot.* may not use the key/,
    );
    await cloud.delete(SUBNETWORK, "projects/acme/regions/europe-west1/subnetworks/main");
    await cloud.delete(NETWORK, "projects/acme/global/networks/main");
    const { outputs } = await cloud.create(IDENTITY, { service: "container.googleapis.com" });
    const role = "roles/cloudkms.cryptoKeyEncrypterDecrypter";
    await cloud.create(KEY_MEMBER, { cryptoKeyId: key.id, role, member: outputs.member });
    await cluster({ databaseEncryption });
  });

  it("replaces a pool for another service account, and updates it for another machine", async () => {
    const pool = (nodeConfig: object) => ({ name: "pool", cluster: "main", nodeConfig });
    assert.deepEqual(await cloud.changes(NODE_POOL, pool({ spot: false }), pool({ spot: true })), [
      "nodeConfig.spot!",
    ]);
    assert.deepEqual(
      await cloud.changes(
        NODE_POOL,
        pool({ machineType: "e2-standard-2" }),
        pool({ machineType: "e2-standard-4" }),
      ),
      ["nodeConfig.machineType"],
    );
  });

  it("keeps a network for as long as a cluster is in it, and the cluster for as long as it has a pool", async () => {
    const { id } = await cluster();
    const pool = await cloud.create(NODE_POOL, { name: "pool", cluster: "main", location: "europe-west1" });
    await assert.rejects(
      cloud.delete(NETWORK, "projects/acme/global/networks/main"),
      /already being used by .*cluster/,
    );
    await assert.rejects(cloud.delete(CLUSTER, id), /already being used by .*nodePools\/pool/);
    await cloud.delete(NODE_POOL, pool.id);
    await cloud.delete(CLUSTER, id);
  });
});
