import assert from "node:assert/strict";
import { TestCloud } from "./cloud.js";

const NETWORK = "gcp:compute/network:Network";
const ADDRESS = "gcp:compute/address:Address";
const GLOBAL_ADDRESS = "gcp:compute/globalAddress:GlobalAddress";
const SSL_POLICY = "gcp:compute/sSLPolicy:SSLPolicy";
const CONNECTION = "gcp:servicenetworking/connection:Connection";
const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const CERTIFICATE = "aws:acm/certificate:Certificate";
const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const EIP = "aws:ec2/eip:Eip";
const NAT = "aws:ec2/natGateway:NatGateway";
const REPOSITORY = "aws:ecr/repository:Repository";

describe("rehearsal/cloud, which deletes nothing that is in use", () => {
  /** Who in the cluster uses what; a test puts in and takes out. */
  const users: Record<string, string[]> = {};
  const cluster = { usersOf: (handle: string) => Promise.resolve(users[handle] ?? []) };
  let cloud: TestCloud;

  afterEach(() => {
    for (const handle of Object.keys(users)) users[handle] = [];
    cloud.remove();
  });

  /** Refuses the deletion while somebody uses it by that handle, and does it afterwards. */
  async function heldBy(token: string, id: string, handle: string, refusal: RegExp): Promise<void> {
    users[handle] = ["Ingress journal/journal"];
    await assert.rejects(cloud.delete(token, id), refusal);
    assert.ok(cloud.store.find(token, id), `${id} is gone`);
    users[handle] = [];
    await cloud.delete(token, id);
    assert.equal(cloud.store.find(token, id), undefined);
  }

  describe("in Google Cloud", () => {
    beforeEach(async () => {
      cloud = new TestCloud("gcp", {}, cluster);
      await cloud.enable("compute", "sqladmin", "servicenetworking");
    });

    it("the global address that an Ingress names", async () => {
      const { id } = await cloud.create(GLOBAL_ADDRESS, { name: "journal-ip" });
      await heldBy(GLOBAL_ADDRESS, id, "journal-ip", /^Error: Error 400: "journal-ip" is in use by Ingress /);
    });

    it("the regional address on which a Service's load balancer stands, by its number or its name", async () => {
      for (const handle of ["address", "name"]) {
        const { id, outputs } = await cloud.create(ADDRESS, { name: "chat-ip", region: "europe-west1" });
        await heldBy(ADDRESS, id, String(outputs[handle]), /Error 400: ".*" is in use by Ingress /);
      }
    });

    it("the TLS policy that a FrontendConfig names", async () => {
      const { id } = await cloud.create(SSL_POLICY, { name: "modern", profile: "MODERN" });
      await heldBy(SSL_POLICY, id, "modern", /Error 400: "modern" is in use by Ingress /);
    });

    const connected = async (deletionPolicy?: string) => {
      const { id: network } = await cloud.create(NETWORK, { name: "main" });
      const service = "servicenetworking.googleapis.com";
      const connection = { network, service, reservedPeeringRanges: [], deletionPolicy };
      const { id } = await cloud.create(CONNECTION, connection);
      const settings = { tier: "db-custom-1-3840", ipConfiguration: { privateNetwork: network } };
      const database = { databaseVersion: "MYSQL_8_4", settings, deletionProtection: false };
      return { id, database };
    };

    it("the connection through which a database is reached, unless it is only abandoned", async () => {
      const { id, database } = await connected();
      const { id: instance } = await cloud.create(INSTANCE, { ...database, name: "db" });
      await assert.rejects(
        cloud.delete(CONNECTION, id),
        /Producer services .* are still using this connection/,
      );
      // Google takes days to notice that it is gone.
      await cloud.delete(INSTANCE, instance);
      await assert.rejects(
        cloud.delete(CONNECTION, id),
        /Producer services .* are still using this connection/,
      );
      await cloud.update(
        CONNECTION,
        id,
        {},
        { ...cloud.store.find(CONNECTION, id)?.inputs, deletionPolicy: "ABANDON" },
      );
      await cloud.delete(CONNECTION, id);
    });

    it("the database that another one replicates", async () => {
      const { database } = await connected();
      const primary = await cloud.create(INSTANCE, { ...database, name: "db" });
      const replica = await cloud.create(INSTANCE, {
        ...database,
        name: "replica",
        masterInstanceName: "db",
      });
      await assert.rejects(cloud.delete(INSTANCE, primary.id), /already being used by .*instances\/replica/);
      await cloud.delete(INSTANCE, replica.id);
      await cloud.delete(INSTANCE, primary.id);
    });
  });

  describe("in Amazon Web Services", () => {
    beforeEach(() => {
      cloud = new TestCloud("aws", {}, cluster);
    });

    it("the certificate that an Ingress names", async () => {
      const { id } = await cloud.create(CERTIFICATE, {
        domainName: "app.example.com",
        validationMethod: "DNS",
      });
      await heldBy(
        CERTIFICATE,
        id,
        id,
        /^Error: ResourceInUseException: certificate .* is in use by Ingress /,
      );
    });

    it("the address through which a gateway lets out", async () => {
      const { id: vpcId } = await cloud.create(VPC, { cidrBlock: "10.64.0.0/16" });
      const subnet = { vpcId, availabilityZone: "us-west-2a", cidrBlock: "10.64.0.0/20" };
      const { id: subnetId } = await cloud.create(SUBNET, subnet);
      const { id: allocationId } = await cloud.create(EIP, { domain: "vpc" });
      const nat = await cloud.create(NAT, { allocationId, subnetId });
      await assert.rejects(cloud.delete(EIP, allocationId), /already being used by aws:ec2\/natGateway/);
      await cloud.delete(NAT, nat.id);
      await cloud.delete(EIP, allocationId);
    });

    it("the repository, which has images in it, unless it is forced", async () => {
      const { id } = await cloud.create(REPOSITORY, { name: "slipway/redis" });
      await assert.rejects(
        cloud.delete(REPOSITORY, id),
        /RepositoryNotEmptyException: .*'slipway\/redis' cannot be deleted because it still contains images/,
      );
      await cloud.update(REPOSITORY, id, {}, { name: "slipway/redis", forceDelete: true });
      await cloud.delete(REPOSITORY, id);
    });
  });
});
