import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { CloudSql } from "../../../infra/gcp/cloud-sql.js";
import { CloudSqlMySql, type CloudSqlMySqlArgs } from "../../../infra/gcp/mysql.js";
import { type Registered, isSecret, only, record, reveal, valueOf } from "../../support/program.js";
import { leaksOf } from "../../support/rules/index.js";
import { Google, listOf, waitsFor } from "./google.js";

const CANARY = "Canary0that0nobody0may0read00000";
const ANYWHERE_BUT_HERE = {
  cidr: "0.0.0.0/0",
  except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"],
};

describe("infra/gcp/mysql", () => {
  let mysql: CloudSqlMySql;
  let resources: Registered[];
  const run = (protection = true, others: Partial<CloudSqlMySqlArgs> = {}) =>
    record(
      () => {
        const { opts } = new Google();
        const where = { project: "acme-dev", region: "europe-west1" };
        const cloudSql = new CloudSql("sql", { ...where, networkId: "net-id", protection }, opts);
        const clients = ["server", "migrations"].map((component) => ({
          component,
          selector: {},
          identity: { serviceAccountName: component, principal: pulumi.output(`principal://${component}`) },
        }));
        const app = { namespace: pulumi.output("prisma"), clients };
        const args = { ...app, passwordVersion: 1, project: "acme-dev", cloudSql, protection };
        mysql = new CloudSqlMySql("prisma", { ...args, ...others }, opts);
      },
      { password: CANARY },
    );
  before(async () => (resources = await run()));

  it("is a database, two users and rights of the app's own on the instance that all share", () => {
    assert.deepEqual(
      listOf(resources).filter((entry) => !entry.endsWith(" sql")),
      [
        "database:Database prisma",
        "iAMMember:IAMMember prisma",
        "iAMMember:IAMMember prisma-migrations",
        "randomPassword:RandomPassword prisma-a",
        "randomPassword:RandomPassword prisma-b",
        "user:User prisma-a",
        "user:User prisma-b",
      ],
    );
    assert.deepEqual(only(resources, "gcp:sql/database:Database", "prisma").inputs, {
      project: "acme-dev",
      instance: "sql-1f2e3d4c",
      name: "prisma",
      charset: "utf8mb4",
    });
  });

  it("makes up a password that is readable nowhere", () => {
    const { inputs } = only(resources, "gcp:sql/user:User", "prisma-a");
    assert.deepEqual(
      { ...inputs, password: reveal(inputs.password) },
      { project: "acme-dev", instance: "sql-1f2e3d4c", name: "prisma-a", host: "%", password: CANARY },
    );
    assert.equal(isSecret(inputs.password), true);
    assert.deepEqual(leaksOf(CANARY, resources), []);
    const { inputs: random } = only(resources, "random:index/randomPassword:RandomPassword", "prisma-a");
    assert.deepEqual(random, { length: 32, special: false, keepers: { passwordVersion: "1" } });
  });

  it("gives the other user a password with the next version, and the app that user", async () => {
    const next = await run(true, { passwordVersion: 2 });
    const keepers = ["prisma-a", "prisma-b"].map(
      (name) => only(next, "random:index/randomPassword:RandomPassword", name).inputs.keepers.passwordVersion,
    );
    assert.deepEqual(keepers, ["1", "2"]);
    assert.equal(await valueOf(mysql.user), "prisma-b");
  });

  it("lets in each client's pods by their own identity, and to this instance only", () => {
    const grantOf = (name: string) => only(resources, "gcp:projects/iAMMember:IAMMember", name).inputs;
    assert.deepEqual(grantOf("prisma"), {
      project: "acme-dev",
      role: "roles/cloudsql.client",
      member: "principal://server",
      condition: {
        title: "this instance only",
        expression:
          'resource.name == "projects/acme-dev/instances/sql-1f2e3d4c" && resource.type == "sqladmin.googleapis.com/Instance"',
      },
    });
    assert.deepEqual(grantOf("prisma-migrations"), {
      ...grantOf("prisma"),
      member: "principal://migrations",
    });
  });

  it("refuses pods that Google has no name for, unless they have a key", async () => {
    const clients = [{ component: "server", selector: {}, identity: { serviceAccountName: "server" } }];
    await assert.rejects(run(true, { clients }), {
      propertyPath: "clients[0].identity",
      reason:
        'expected one that gke gives the pods "server", got one without a principal; ask the database\'s cluster',
    });
    await run(true, { clients, key: pulumi.secret("{}") });
  });

  it("needs no key and no service account of Google Cloud", () => {
    assert.deepEqual(
      resources.filter(({ type }) => type.startsWith("gcp:serviceaccount/")),
      [],
    );
  });

  it("tells the app where it is, by which name and with which password", async () => {
    await run();
    assert.deepEqual([mysql.host, mysql.port], ["127.0.0.1", 3306]);
    assert.equal(await valueOf(mysql.database), "prisma");
    assert.equal(await valueOf(mysql.user), "prisma-a");
    assert.equal(await valueOf(mysql.password), CANARY);
    assert.equal(await (mysql.password as any).isSecret, true);
  });

  it("lets whoever names the user wait for the pods' right to connect", async () => {
    assert.deepEqual(await waitsFor(mysql.user), [
      "iAMMember:IAMMember prisma",
      "iAMMember:IAMMember prisma-migrations",
      "user:User prisma-a",
      "user:User prisma-b",
    ]);
  });

  it("puts the proxy beside the app's containers, on the port that the app is told", async () => {
    await run();
    const [sidecar, ...others] = await valueOf(pulumi.output(mysql.sidecars));
    assert.deepEqual(others, []);
    assert.equal(sidecar?.restartPolicy, "Always");
    assert.ok(sidecar.args?.includes("--port=3306"));
    assert.equal(sidecar.args?.at(-1), "acme-dev:europe-west1:sql-1f2e3d4c");
  });

  it("calls the metadata server, Google's API and the instance, and nobody else of our network", async () => {
    await run();
    assert.deepEqual(await valueOf(pulumi.output(mysql.calls)), [
      { peers: [{ ipBlock: { cidr: "169.254.169.254/32" } }], port: 80 },
      { peers: [{ ipBlock: ANYWHERE_BUT_HERE }], port: 443 },
      { peers: [{ ipBlock: { cidr: "10.12.0.3/32" } }], port: 3307 },
    ]);
  });

  it("refuses to drop the database where the instance refuses to be deleted", async () => {
    const database = (all: Registered[]) => only(all, "gcp:sql/database:Database", "prisma");
    assert.equal(database(resources).protect, true);
    assert.equal(database(await run(false)).protect, false);
  });

  describe("with the key of a service account", () => {
    const key = pulumi.secret('{"type":"service_account"}');

    it("gives no pod's identity any right, and keeps the key in a Secret", async () => {
      const withKey = await run(true, { key });
      const secret = only(withKey, "kubernetes:core/v1:Secret", "prisma-cloud-sql-key").inputs;
      assert.deepEqual(
        withKey.filter(({ type }) => type.endsWith(":IAMMember")),
        [],
      );
      assert.equal(isSecret(secret.stringData), true);
      assert.deepEqual(reveal(secret.stringData), { "key.json": '{"type":"service_account"}' });
      assert.equal(secret.metadata.namespace, "prisma");
    });

    it("mounts it as a file that the proxy signs in with, and asks no node who the pod is", async () => {
      await run(true, { key });
      const [sidecar] = await valueOf(pulumi.output(mysql.sidecars));
      const [volume] = await valueOf(pulumi.output(mysql.volumes));
      assert.ok(sidecar?.args?.includes("--credentials-file=/etc/cloud-sql/key.json"));
      assert.deepEqual(sidecar?.volumeMounts, [
        { name: "cloud-sql-key", mountPath: "/etc/cloud-sql", readOnly: true },
      ]);
      assert.equal(volume?.name, "cloud-sql-key");
      assert.equal(volume.secret?.defaultMode, 0o440);
      assert.deepEqual(
        mysql.calls.map(({ port }) => port),
        [443, 3307],
      );
    });

    it("mounts nothing without one", async () => {
      await run();
      assert.deepEqual(mysql.volumes, []);
    });
  });
});
