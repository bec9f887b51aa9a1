import assert from "node:assert/strict";
import { LocalCluster } from "../../../infra/local/cluster.js";
import type { MariaDb } from "../../../infra/local/maria-db.js";
import { waitsFor } from "../gcp/google.js";
import { isSecret, only, record, type Registered, reveal, valueOf } from "../../support/program.js";

let mySql: MariaDb;

async function mariaDb(passwordVersion = 1): Promise<Registered[]> {
  return record(() => {
    const images = { mariadb: "slipway.local/mariadb@sha256:0" };
    const cluster = new LocalCluster("local", { kubeconfig: "/k", images });
    const selector = { "app.kubernetes.io/name": "prisma", "app.kubernetes.io/component": "prisma" };
    const clients = [{ component: "prisma", selector, identity: { serviceAccountName: "prisma" } }];
    const args = { app: "prisma", namespace: "prisma", clients, passwordVersion };
    mySql = cluster.createMySql("prisma", args, { parent: cluster });
  });
}

const setOf = (resources: Registered[]) => only(resources, "kubernetes:apps/v1:StatefulSet", "prisma").inputs;

describe("infra/local/maria-db", () => {
  it("registers these resources and no others", async () => {
    assert.deepEqual(
      (await mariaDb())
        .filter(({ name }) => name !== "local")
        .map(({ type }) => type.split(":").at(-1))
        .sort(),
      [
        "Job",
        "MariaDb",
        ...["NetworkPolicy", "NetworkPolicy"],
        "PodDisruptionBudget",
        ...["RandomPassword", "RandomPassword", "RandomPassword"],
        ...["Secret", "Secret"],
        "Service",
        ...["ServiceAccount", "ServiceAccount"],
        "StatefulSet",
      ],
    );
  });

  it("keeps the data on a volume of a gibibyte that outlives the pod and the set", async () => {
    const { spec } = setOf(await mariaDb());
    const [claim] = spec.volumeClaimTemplates;

    assert.deepEqual(
      [claim.spec.storageClassName, claim.spec.resources.requests.storage],
      ["local-path", "1Gi"],
    );
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, {
      whenDeleted: "Retain",
      whenScaled: "Retain",
    });
    assert.deepEqual(spec.template.spec.containers[0].volumeMounts[0], { name: "data", mountPath: "/data" });
  });

  it("reads its password from a file, and from nowhere else", async () => {
    const resources = await mariaDb();
    const secret = only(resources, "kubernetes:core/v1:Secret", "prisma").inputs;
    const { containers, volumes } = setOf(resources).spec.template.spec;

    assert.equal(isSecret(secret.stringData), true);
    assert.deepEqual(reveal(secret.stringData), { password: "Made0up0by0the0random0provider00" });
    assert.deepEqual(
      containers[0].env.filter(({ name }: any) => name.includes("PASSWORD")),
      [{ name: "MARIADB_PASSWORD_FILE", value: "/etc/mariadb-auth/password" }],
    );
    assert.equal(volumes[0].secret.defaultMode, 0o440);
  });

  it("lets in its clients and who makes their users on MySQL's port, and calls nobody", async () => {
    const resources = await mariaDb();
    const { spec } = only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "prisma").inputs;
    const peers = ["prisma", "mysql-users"].map((component) => ({
      podSelector: {
        matchLabels: { "app.kubernetes.io/name": "prisma", "app.kubernetes.io/component": component },
      },
    }));

    assert.deepEqual(spec.ingress, [{ from: peers, ports: [{ protocol: "TCP", port: 3306 }] }]);
    assert.deepEqual(spec.egress, []);
  });

  it("tells the app where it is, to speak TLS, and how many connections it takes", async () => {
    const resources = await mariaDb();
    const [{ env }] = setOf(resources).spec.template.spec.containers;
    const most = env.find(({ name }: any) => name === "MARIADB_MAX_CONNECTIONS").value;

    assert.equal(await valueOf(mySql.host as any), "mysql-0.mysql.prisma.svc");
    assert.deepEqual(
      [mySql.port, mySql.database, mySql.ssl, mySql.sidecars, mySql.volumes],
      [3306, "prisma", true, [], []],
    );
    assert.equal(await valueOf(mySql.user), "prisma-a");
    assert.ok(mySql.connectionLimit < Number(most), "some are left for probes and people");
  });

  describe("gives the app's two users their passwords by a Job", () => {
    const jobOf = (resources: Registered[]) => only(resources, "kubernetes:batch/v1:Job", "prisma-users");

    it("that reads them from files named after the users, and its own from another", async () => {
      const resources = await mariaDb();
      const { stringData } = only(resources, "kubernetes:core/v1:Secret", "prisma-users").inputs;
      const { containers, volumes } = jobOf(resources).inputs.spec.template.spec;

      assert.equal(isSecret(stringData), true);
      assert.deepEqual(Object.keys(reveal(stringData)), ["prisma-a", "prisma-b"]);
      assert.deepEqual(containers[0].command, ["/bin/sh", "/bin/set-users"]);
      assert.deepEqual(containers[0].env, [
        { name: "MARIADB_DATABASE", value: "prisma" },
        { name: "MARIADB_USER", value: "prisma" },
        { name: "MARIADB_PASSWORD_FILE", value: "/etc/mariadb-auth/password" },
        { name: "MARIADB_HOST", value: "mysql-0.mysql.prisma.svc" },
        { name: "MARIADB_USERS", value: "/etc/mariadb-users" },
      ]);
      assert.deepEqual(
        volumes.map(({ name, secret }: any) => [name, secret?.defaultMode]),
        [
          ["auth", 0o440],
          ["users", 0o440],
          ["run", undefined],
        ],
      );
    });

    it("that waits for the server, and that whoever names the user waits for", async () => {
      const resources = await mariaDb();
      const { urn } = only(resources, "kubernetes:apps/v1:StatefulSet", "prisma");
      assert.ok(jobOf(resources).dependencies.includes(urn));
      assert.deepEqual(await waitsFor(mySql.user), ["v1:Job prisma-users"]);
    });

    it("of whom the next version of the password changes the one that nobody uses", async () => {
      const versions = async (version: number) => {
        const resources = await mariaDb(version);
        const passwords = resources.filter(({ type }) => type.endsWith(":RandomPassword"));
        const keepers = passwords.map(({ name, inputs }) => [name, inputs.keepers?.passwordVersion]);
        return { user: await valueOf(mySql.user), ...Object.fromEntries(keepers) };
      };
      assert.deepEqual(await versions(1), {
        user: "prisma-a",
        ...{ prisma: undefined, "prisma-a": "1", "prisma-b": "0" },
      });
      assert.deepEqual(await versions(2), {
        user: "prisma-b",
        ...{ prisma: undefined, "prisma-a": "1", "prisma-b": "2" },
      });
      assert.deepEqual(await versions(3), {
        user: "prisma-a",
        ...{ prisma: undefined, "prisma-a": "3", "prisma-b": "2" },
      });
    });
  });
});
