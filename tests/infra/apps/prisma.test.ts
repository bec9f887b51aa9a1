import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { parseConfig } from "../../../apps/prisma/src/config.js";
import { readEnv } from "../../../apps/prisma/src/env.js";
import { Prisma, type PrismaArgs } from "../../../infra/apps/prisma.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { imageNames } from "../../../infra/platform.js";
import { rules } from "../../support/rules/index.js";
import { resourcesOf, runProgram, stackConfig } from "../../support/stacks.js";
import { isSecret, ofKind, only, record, type Registered, reveal } from "../../support/program.js";

const images = Object.fromEntries(imageNames.map((name) => [name, `slipway.local/${name}:v1.0.0-0000000`]));
const PRISMA_1 = `prismagraphql/prisma:1.34.12@sha256:${"1".repeat(64)}`;

/** Every resource of one service, without the cluster that it is on. */
async function prisma(change: Partial<PrismaArgs> = {}): Promise<Registered[]> {
  const resources = await record(() => {
    const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images });
    new Prisma("prisma", { cluster, ...change });
  });
  return resources.filter(({ name }) => name !== "local");
}

const deploymentOf = (resources: Registered[]) =>
  only(resources, "kubernetes:apps/v1:Deployment", "prisma-server").inputs;
const podOf = (resources: Registered[]) => deploymentOf(resources).spec.template.spec;
const jobOf = (resources: Registered[]) => only(resources, "kubernetes:batch/v1:Job", "prisma-migrations");
const documentOf = (resources: Registered[]): string =>
  reveal(only(resources, "kubernetes:core/v1:Secret", "prisma-config").inputs.stringData)["prisma.yml"];
const settingsOf = (resources: Registered[]) =>
  only(resources, "kubernetes:core/v1:ConfigMap", "prisma-settings").inputs.data;

describe("infra/apps/prisma", () => {
  it("is a Deployment and its database, in a namespace of its own, and no way in", async () => {
    const resources = await prisma();
    const workloads = ["Deployment", "StatefulSet", "Ingress", "Service"].flatMap((kind) =>
      ofKind(resources, kind).map(
        ({ inputs }) => `${kind} ${inputs.metadata.namespace}/${inputs.metadata.name}`,
      ),
    );
    assert.deepEqual(workloads.sort(), [
      "Deployment prisma/prisma",
      "Service prisma/mysql",
      "Service prisma/prisma",
      "StatefulSet prisma/mysql",
    ]);
  });

  it("rolls its two pods one by one, and never below two", async () => {
    const { spec } = deploymentOf(await prisma());
    assert.equal(spec.replicas, 2);
    assert.deepEqual(spec.strategy, {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  it("defaults to the log level info, to no introspection and no playground", async () => {
    const resources = await prisma();
    assert.deepEqual(settingsOf(resources), {
      logLevel: "info",
      introspection: "false",
      playground: "false",
      drainDelaySec: "5",
    });
    assert.deepEqual(podOf(resources).containers[0].resources.limits, {
      cpu: "500m",
      memory: "384Mi",
      "ephemeral-storage": "64Mi",
    });
    assert.equal(settingsOf(await prisma({ playground: true })).introspection, "true");
  });

  it("tells the server about its database by the document, which is a Secret and a file", async () => {
    const resources = await prisma({ managementApiSecret: pulumi.secret("sixteen-characters-or-more") });
    const secret = only(resources, "kubernetes:core/v1:Secret", "prisma-config").inputs;
    const [container] = podOf(resources).containers;

    assert.equal(isSecret(secret.stringData), true);
    assert.deepEqual(parse(documentOf(resources)), {
      port: 4466,
      managementApiSecret: "sixteen-characters-or-more",
      databases: {
        default: {
          connector: "mysql",
          host: "mysql-0.mysql.prisma.svc",
          port: 3306,
          user: "prisma-a",
          password: "Made0up0by0the0random0provider00",
          migrations: true,
          // Fifty, of five pods while a rollout is under way.
          connectionLimit: 10,
          database: "prisma",
          ssl: true,
        },
      },
    });
    assert.deepEqual(container.volumeMounts, [{ name: "config", mountPath: "/etc/prisma", readOnly: true }]);
    assert.equal(container.env.at(-1).value, "/etc/prisma/prisma.yml");
  });

  it("sets the variables that the server reads, and no others", async () => {
    const resources = await prisma();
    const data = settingsOf(resources);
    const variables = Object.fromEntries(
      podOf(resources).containers[0].env.map(({ name, value, valueFrom }: any) => [
        name,
        value ?? data[valueFrom.configMapKeyRef.key],
      ]),
    );
    const { PRISMA_CONFIG_PATH, ...others } = variables;
    const env = readEnv({ ...others, PRISMA_CONFIG: documentOf(resources) });

    assert.equal(PRISMA_CONFIG_PATH, "/etc/prisma/prisma.yml");
    assert.deepEqual(env.config, parseConfig(documentOf(resources)));
    assert.equal(env.config.port, podOf(resources).containers[0].ports[0].containerPort);
    assert.deepEqual([env.DRAIN_DELAY_SEC, env.INTROSPECTION, env.PLAYGROUND], [5, false, false]);
  });

  it("lets in the apps' pods, and an entry's only when it is exposed", async () => {
    const peersOf = async (exposed: boolean) =>
      only(await prisma({ exposed }), "kubernetes:networking.k8s.io/v1:NetworkPolicy", "prisma-server").inputs
        .spec;
    const ours = { namespaceSelector: { matchLabels: { "app.kubernetes.io/part-of": "slipway" } } };

    const [closed, open] = [await peersOf(false), await peersOf(true)];
    assert.deepEqual(closed.ingress, [{ from: [ours], ports: [{ protocol: "TCP", port: 4466 }] }]);
    assert.equal(open.ingress[0].from.length, 2);
    assert.deepEqual(closed.egress[0].ports, [{ protocol: "TCP", port: 3306 }]);
  });

  it("is exposed under a host of its own, and behind a secret that it makes up if nobody gives one", async () => {
    const resources = await prisma({ exposed: true });
    const [ingress] = ofKind(resources, "Ingress");
    const given = await prisma({ exposed: true, managementApiSecret: pulumi.secret("given-by-somebody") });

    assert.equal(ingress?.inputs.spec.rules[0].host, "prisma.localhost");
    assert.equal(parse(documentOf(resources)).managementApiSecret, "Made0up0by0the0random0provider00");
    assert.equal(parse(documentOf(given)).managementApiSecret, "given-by-somebody");
    assert.equal("managementApiSecret" in parse(documentOf(await prisma())), false);
  });

  it("drains longer than a query may take", async () => {
    assert.equal(podOf(await prisma()).terminationGracePeriodSeconds, 30);
  });

  it("counts the database's pod, every pod of a rollout and those of both Jobs in the quota", async () => {
    const [quota] = ofKind(await prisma({ replicas: 3 }), "ResourceQuota");
    assert.equal(quota?.inputs.spec.hard.pods, "10");
  });
});

describe("infra/apps/prisma, before its pods start", () => {
  it("migrates by a Job of the server's own image and document, which the Deployment waits for", async () => {
    const resources = await prisma();
    const job = jobOf(resources);
    const [container] = job.inputs.spec.template.spec.containers;
    const deployment = only(resources, "kubernetes:apps/v1:Deployment", "prisma-server");

    assert.ok(deployment.dependencies.includes(job.urn));
    assert.deepEqual([container.image, container.args], [podOf(resources).containers[0].image, ["migrate"]]);
    assert.deepEqual(container.env, [{ name: "PRISMA_CONFIG_PATH", value: "/etc/prisma/prisma.yml" }]);
    assert.deepEqual(job.inputs.spec.template.spec.volumes, podOf(resources).volumes);
  });

  it("tries a migration once more, for half an hour at most, and not for a node that went", async () => {
    const { spec } = jobOf(await prisma()).inputs;
    assert.deepEqual([spec.backoffLimit, spec.activeDeadlineSeconds], [1, 1800]);
    assert.deepEqual(spec.podFailurePolicy, {
      rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
    });
  });

  it("lets nobody call the Job, and the Job only the database, to which requests of the Service never go", async () => {
    const resources = await prisma();
    const policy = only(
      resources,
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "prisma-migrations",
    ).inputs;
    const service = only(resources, "kubernetes:core/v1:Service", "prisma-server").inputs;
    const { labels } = jobOf(resources).inputs.spec.template.metadata;

    assert.deepEqual(policy.spec.ingress, []);
    assert.deepEqual(policy.spec.egress[0].ports, [{ protocol: "TCP", port: 3306 }]);
    assert.deepEqual(policy.spec.podSelector.matchLabels, {
      "app.kubernetes.io/name": "prisma",
      "app.kubernetes.io/component": "migrations",
    });
    assert.notEqual(
      labels["app.kubernetes.io/component"],
      service.spec.selector["app.kubernetes.io/component"],
    );
  });

  it("goes over to the other user with the next version of the password", async () => {
    const userOf = async (passwordVersion?: number) =>
      parse(documentOf(await prisma({ passwordVersion }))).databases.default.user;
    assert.deepEqual([await userOf(), await userOf(1)], ["prisma-a", "prisma-a"]);
    assert.deepEqual([await userOf(2), await userOf(3)], ["prisma-b", "prisma-a"]);
  });
});

describe("infra/apps/prisma on Google Cloud", () => {
  it("has the Auth Proxy ready before it, and the database on its own loopback without TLS", async () => {
    const resources = await resourcesOf("dev");
    const { initContainers } = podOf(resources);
    const { host, port, ssl, database } = parse(documentOf(resources)).databases.default;

    assert.deepEqual(
      initContainers.map(({ name, restartPolicy }: any) => [name, restartPolicy]),
      [["cloud-sql-proxy", "Always"]],
    );
    assert.match(initContainers[0].image, /^gcr\.io\/cloud-sql-connectors\/cloud-sql-proxy:2\.\d+\.\d+$/);
    assert.deepEqual([host, port, ssl, database], ["127.0.0.1", 3306, false, "prisma"]);
  });

  it("counts the proxy of every pod in the quota", async () => {
    const { hard } = only(await resourcesOf("dev"), "kubernetes:core/v1:ResourceQuota", "prisma").inputs.spec;
    // Five pods and a Job's of 500m and 384Mi, each with a proxy of 250m and 128Mi.
    assert.deepEqual([hard.pods, hard["limits.cpu"], hard["limits.memory"]], ["6", "4500m", "3072Mi"]);
  });

  it("may talk to the database as its own account, and its Job as another, and both were given the right to", async () => {
    const resources = await resourcesOf("dev");
    const accounts = ["prisma", "prisma-migrations"].map((name) => {
      const { member } = only(resources, "gcp:projects/iAMMember:IAMMember", name).inputs;
      return /\/subject\/ns\/prisma\/sa\/(.*)$/.exec(member)?.[1];
    });
    assert.deepEqual(accounts, ["prisma", "migrations"]);
    assert.equal(podOf(resources).serviceAccountName, accounts[0]);
    assert.equal(jobOf(resources).inputs.spec.template.spec.serviceAccountName, accounts[1]);
  });

  it("migrates beside a proxy that ends with the Job, because it is a native sidecar there too", async () => {
    const { containers, initContainers } = jobOf(await resourcesOf("dev")).inputs.spec.template.spec;
    assert.deepEqual(
      [...initContainers, ...containers].map(({ name, restartPolicy }: any) => [name, restartPolicy]),
      [
        ["cloud-sql-proxy", "Always"],
        ["migrations", undefined],
      ],
    );
  });

  it("signs in with a key where there is one, and keeps every rule with it too", async () => {
    const key = {
      type: "service_account",
      client_email: "proxy@acme-dev.iam.gserviceaccount.com",
      private_key: "-----BEGIN PRIVATE KEY-----",
    };
    const config = { ...stackConfig("dev"), "slipway:cloudSqlKey": JSON.stringify(key) };
    const { resources } = await runProgram(config);
    const secret = only(resources, "kubernetes:core/v1:Secret", "prisma-cloud-sql-key").inputs;

    assert.deepEqual(reveal(secret.stringData), { "key.json": JSON.stringify(key) });
    for (const pod of [podOf(resources), jobOf(resources).inputs.spec.template.spec])
      assert.equal(pod.volumes.filter(({ name }: any) => name === "cloud-sql-key").length, 1);
    assert.deepEqual(
      Object.values(rules).flatMap((rule) => rule(resources)),
      [],
    );
  });
});

describe("infra/apps/prisma with a Prisma 1 image", () => {
  it("is one pod, which is gone before the next one comes: two would wait for one lock", async () => {
    const { spec } = deploymentOf(await prisma({ image: PRISMA_1 }));
    assert.deepEqual([spec.replicas, spec.strategy], [1, { type: "Recreate" }]);
    assert.equal(spec.template.spec.containers[0].image, PRISMA_1);
  });

  it("refuses two", async () => {
    await assert.rejects(prisma({ image: PRISMA_1, replicas: 2 }), ({ reason }: any) =>
      /expected 1 of a Prisma 1 server.*got 2/.test(reason),
    );
  });

  it("gets the document in its own words, by the file that it reads", async () => {
    const resources = await prisma({ image: PRISMA_1, managementApiSecret: pulumi.secret("s3cret") });
    assert.deepEqual(parse(documentOf(resources)), {
      port: 4466,
      managementApiSecret: "s3cret",
      databases: {
        default: {
          connector: "mysql",
          host: "mysql-0.mysql.prisma.svc",
          port: 3306,
          user: "prisma-a",
          password: "Made0up0by0the0random0provider00",
          migrations: true,
          connectionLimit: 20,
        },
      },
    });
    assert.deepEqual(podOf(resources).containers[0].env, [
      { name: "PRISMA_CONFIG_PATH", value: "/etc/prisma/prisma.yml" },
    ]);
    assert.deepEqual(ofKind(resources, "ConfigMap"), []);
    // It migrates by itself, and by its own words.
    assert.deepEqual(
      ofKind(resources, "Job").map(({ name }) => name),
      ["prisma-users"],
    );
  });

  it("is asked for its own status, has Java's memory and a place to write", async () => {
    const { containers, volumes } = podOf(await prisma({ image: PRISMA_1 }));
    const [{ readinessProbe, livenessProbe, resources, volumeMounts }] = containers;
    assert.deepEqual([readinessProbe.httpGet.path, livenessProbe.tcpSocket], ["/status", { port: "http" }]);
    assert.equal(resources.limits.memory, "1536Mi");
    assert.equal(volumeMounts[1].mountPath, "/tmp");
    assert.deepEqual(volumes[1], { name: "tmp", emptyDir: { sizeLimit: "64Mi" } });
  });
});
