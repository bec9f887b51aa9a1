import assert from "node:assert/strict";
import { LocalCluster } from "../../../infra/local/cluster.js";
import type { MariaDb } from "../../../infra/local/maria-db.js";
import { isSecret, only, record, type Registered, reveal, valueOf } from "../../support/program.js";

let mySql: MariaDb;

async function mariaDb(): Promise<Registered[]> {
  return record(() => {
    const images = { mariadb: "slipway.local/mariadb@sha256:0" };
    const cluster = new LocalCluster("local", { kubeconfig: "/k", images });
    const clients = [{ "app.kubernetes.io/name": "prisma", "app.kubernetes.io/component": "prisma" }];
    const args = { app: "prisma", namespace: "prisma", serviceAccountName: "prisma", clients };
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
        "MariaDb",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "RandomPassword",
        "Secret",
        "Service",
        "ServiceAccount",
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

  it("lets in its clients on MySQL's port, and calls nobody", async () => {
    const resources = await mariaDb();
    const { spec } = only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "prisma").inputs;
    const clients = { "app.kubernetes.io/name": "prisma", "app.kubernetes.io/component": "prisma" };

    assert.deepEqual(spec.ingress, [
      { from: [{ podSelector: { matchLabels: clients } }], ports: [{ protocol: "TCP", port: 3306 }] },
    ]);
    assert.deepEqual(spec.egress, []);
  });

  it("tells the app where it is, to speak TLS, and how many connections it takes", async () => {
    const resources = await mariaDb();
    const [{ env }] = setOf(resources).spec.template.spec.containers;
    const most = env.find(({ name }: any) => name === "MARIADB_MAX_CONNECTIONS").value;

    assert.equal(await valueOf(mySql.host as any), "mysql-0.mysql.prisma.svc");
    assert.deepEqual(
      [mySql.port, mySql.database, mySql.user, mySql.ssl, mySql.sidecars],
      [3306, "prisma", "prisma", true, []],
    );
    assert.ok(mySql.connectionLimit < Number(most), "some are left for probes and people");
  });
});
