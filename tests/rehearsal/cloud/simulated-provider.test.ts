import assert from "node:assert/strict";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { containsSecret, reveal, secret } from "../../../engine/random-provider/wire.js";
import { TestCloud } from "./cloud.js";

const NETWORK = "gcp:compute/network:Network";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance";
const USER = "gcp:sql/user:User";

describe("rehearsal/cloud/simulated-provider", () => {
  let cloud: TestCloud;

  beforeEach(async () => {
    cloud = new TestCloud("gcp");
    await cloud.enable("compute", "sqladmin");
  });

  afterEach(() => {
    cloud.remove();
  });

  describe("check", () => {
    it("refuses what is no input, what is missing, and values that the cloud does not know", async () => {
      assert.deepEqual(
        await cloud.failures(INSTANCE, { name: "db", size: 3, settings: { edition: "COMMUNITY" } }),
        [
          'size: expected an input of the type, got "size"',
          "databaseVersion: expected a value, got none",
          'settings.edition: expected one of ENTERPRISE, ENTERPRISE_PLUS, got "COMMUNITY"',
        ],
      );
    });

    it("refuses a name that the cloud refuses, and takes what a preview does not know", async () => {
      const [failure = ""] = await cloud.failures(NETWORK, { name: "My_Network" });
      assert.match(failure, /^name: expected a letter, then up to 62 .*, got "My_Network"$/);
      assert.deepEqual(await cloud.failures(NETWORK, { name: unknownValue, routingMode: unknownValue }), []);
    });

    it("does not tell a secret that is wrong", async () => {
      const failures = await cloud.failures(NETWORK, { name: secret("My_Secret_Name") });
      assert.equal(failures.length, 1);
      assert.ok(!failures.join("").includes("My_Secret_Name"), failures.join(""));
    });

    it("makes up a name, and keeps it", async () => {
      const { inputs } = await cloud.check(NETWORK, {}, { name: "main" });
      assert.equal(inputs.name, "main-0102030");
      const again = await cloud.check(NETWORK, {}, { name: "main", olds: { name: "main-abcdef0" } });
      assert.equal(again.inputs.name, "main-abcdef0");
    });
  });

  describe("create", () => {
    it("gives back the inputs with what the cloud adds", async () => {
      const { id, outputs } = await cloud.create(NETWORK, { name: "main", autoCreateSubnetworks: false });
      assert.equal(id, "projects/acme/global/networks/main");
      assert.equal(outputs.selfLink, `https://www.googleapis.com/compute/v1/${id}`);
      assert.equal(outputs.autoCreateSubnetworks, false);
      assert.equal(outputs.project, "acme");
    });

    it("refuses a second one of the same name", async () => {
      await cloud.create(NETWORK, { name: "main" });
      await assert.rejects(
        cloud.create(NETWORK, { name: "main" }),
        /Error 409: .*networks\/main" already exists/,
      );
    });

    it("refuses a reference to what is not there, and takes it by id, link and name", async () => {
      const subnet = { name: "a", region: "europe-west1", ipCidrRange: "10.0.0.0/24" };
      await assert.rejects(
        cloud.create(SUBNETWORK, { ...subnet, network: "main" }),
        /Error 404: .* network "main" was not found/,
      );
      const { id, outputs } = await cloud.create(NETWORK, { name: "main" });
      for (const [index, network] of ["main", id, outputs.selfLink].entries()) {
        await cloud.create(SUBNETWORK, {
          ...subnet,
          name: `s${index}`,
          ipCidrRange: `10.0.${index}.0/24`,
          network,
        });
      }
    });

    it("keeps secret what was secret, and what the SDK says always is; the cloud itself knows it", async () => {
      await cloud.create(INSTANCE, { name: "db", databaseVersion: "MYSQL_8_4", deletionProtection: false });
      const { id, outputs } = await cloud.create(USER, {
        name: "app",
        instance: "db",
        password: secret("pa55word"),
      });
      assert.ok(containsSecret(outputs.password));
      assert.equal(reveal(outputs.password), "pa55word");
      assert.equal(containsSecret(outputs.name), false);
      assert.equal(cloud.store.find(USER, id)?.inputs.password, "pa55word");
    });

    it("refuses a type that the table does not have, and says where to add it", async () => {
      await assert.rejects(
        cloud.create("gcp:redis/instance:Instance", {}),
        /^Error: gcp:redis\/instance:Instance is not simulated: add it to rehearsal\/cloud\/gcp$/,
      );
    });
  });

  it("says which changes are an update and which a new resource", async () => {
    const olds = { name: "a", region: "r", ipCidrRange: "10.0.0.0/24", privateIpGoogleAccess: true };
    const news = { ...olds, region: "s", privateIpGoogleAccess: false };
    assert.deepEqual(await cloud.changes(SUBNETWORK, olds, news), ["region!", "privateIpGoogleAccess"]);
  });

  it("updates what is there, and refuses to update what is not", async () => {
    const { id } = await cloud.create(NETWORK, { name: "main" });
    const outputs = await cloud.update(
      NETWORK,
      id,
      { name: "main" },
      { name: "main", routingMode: "GLOBAL" },
    );
    assert.equal(outputs.routingMode, "GLOBAL");
    assert.equal(cloud.store.find(NETWORK, id)?.inputs.routingMode, "GLOBAL");
    await assert.rejects(cloud.update(NETWORK, "gone", {}, {}), /Error 404/);
  });

  describe("delete", () => {
    it("refuses what is still in use, and takes it afterwards", async () => {
      const network = await cloud.create(NETWORK, { name: "main" });
      const range = { region: "europe-west1", ipCidrRange: "10.0.0.0/24" };
      const subnet = await cloud.create(SUBNETWORK, { name: "a", network: network.id, ...range });
      await assert.rejects(
        cloud.delete(NETWORK, network.id),
        /is already being used by gcp:compute\/subnetwork/,
      );
      await cloud.delete(SUBNETWORK, subnet.id);
      await cloud.delete(NETWORK, network.id);
      assert.equal(cloud.store.find(NETWORK, network.id), undefined);
    });

    it("refuses what is protected, also where protection is only the provider's default", async () => {
      const { id } = await cloud.create(INSTANCE, { name: "db", databaseVersion: "MYSQL_8_4" });
      await assert.rejects(cloud.delete(INSTANCE, id), /cannot destroy .* deletionProtection is true/);
      const news = { name: "db", databaseVersion: "MYSQL_8_4", deletionProtection: false };
      await cloud.update(INSTANCE, id, {}, { ...news, settings: { deletionProtectionEnabled: true } });
      await assert.rejects(cloud.delete(INSTANCE, id), /settings.deletionProtectionEnabled is true/);
      await cloud.update(INSTANCE, id, {}, news);
      await cloud.delete(INSTANCE, id);
    });

    it("keeps a name taken where the cloud does", async () => {
      const inputs = { name: "db", databaseVersion: "MYSQL_8_4", deletionProtection: false };
      const { id } = await cloud.create(INSTANCE, inputs);
      await cloud.delete(INSTANCE, id);
      await assert.rejects(
        cloud.create(INSTANCE, inputs),
        /already exists: the name .* stays taken for a week/,
      );
    });

    it("is content when it is gone already", async () => {
      await cloud.delete(NETWORK, "projects/acme/global/networks/gone");
    });
  });

  it("reads what is there, secrets as secrets, and nothing of what is not", async () => {
    await cloud.create(INSTANCE, { name: "db", databaseVersion: "MYSQL_8_4" });
    const { id } = await cloud.create(USER, { name: "app", instance: "db", password: secret("pa55word") });
    const subject = { token: USER, name: "it", config: {} };
    const found = await cloud.provider.read(subject, id, { inputs: {}, outputs: {} });
    assert.ok(containsSecret(found?.inputs.password), "an import does not know that it was secret");
    assert.equal(reveal(found?.outputs.name), "app");
    assert.equal(await cloud.provider.read(subject, "gone", { inputs: {}, outputs: {} }), undefined);
  });

  it("foresees in a preview what an update leaves as it is, and nothing that a creation makes up", () => {
    const subject = { token: NETWORK, name: "it", config: {} };
    const made = { name: "main", selfLink: "https://x", gatewayIpv4: "" };
    const updated = cloud.provider.foresee(subject, { name: "main" }, { inputs: {}, outputs: made });
    assert.equal(updated.selfLink, "https://x");
    const created = cloud.provider.foresee(subject, { name: "main" }, undefined);
    assert.equal(created.name, "main");
    assert.equal(created.selfLink, unknownValue);
    assert.equal(created.project, unknownValue);
  });

  it("answers the functions of the table and refuses others", async () => {
    const { projectId } = await cloud.invoke("gcp:organizations/getProject:getProject", {});
    assert.equal(projectId, "acme");
    await assert.rejects(cloud.invoke("gcp:compute/getZones:getZones", {}), /is not simulated: add it to/);
  });
});
