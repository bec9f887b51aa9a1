import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { parse } from "yaml";
import { type StackRule, rules } from "../../support/rules/index.js";
import { Prisma } from "../../../infra/apps/prisma.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import type { MySqlClient } from "../../../infra/platform.js";
import { only, record, reveal, valueOf } from "../../support/program.js";
import { resourcesOf, runProgram, stackConfig } from "../../support/stacks.js";
import { deploymentOf, documentOf, images, jobOf, podOf, prisma } from "./prisma-service.js";

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

  it("hands its database the identities that its pods and its Job's then have, with their labels", async () => {
    let clients: readonly MySqlClient[] = [];
    const resources = await record(() => {
      const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images });
      const createMySql = cluster.createMySql.bind(cluster);
      cluster.createMySql = (name, args, opts) => {
        ({ clients } = args);
        return createMySql(name, args, opts);
      };
      new Prisma("prisma", { cluster, passwordVersion: 1 });
    });
    const templates = [deploymentOf(resources), jobOf(resources).inputs].map(({ spec }) => spec.template);
    const handed = await valueOf(pulumi.output(clients));

    assert.deepEqual(
      handed.map(({ identity }) => identity.serviceAccountName),
      templates.map(({ spec }) => spec.serviceAccountName),
    );
    assert.equal(handed.length, 2);
    for (const [index, { selector }] of handed.entries())
      assert.deepEqual(
        { ...templates[index].metadata.labels, ...selector },
        templates[index].metadata.labels,
      );
  });

  it("goes over to the other user with the next version of the password", async () => {
    const userOf = async (passwordVersion: number) =>
      parse(documentOf(await prisma({ passwordVersion }))).databases.default.user;
    assert.deepEqual(
      [await userOf(1), await userOf(2), await userOf(3)],
      ["prisma-a", "prisma-b", "prisma-a"],
    );
  });

  it("tells the version once its pods have gone over to it", async () => {
    let service: Prisma | undefined;
    const resources = await record(() => {
      const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images });
      service = new Prisma("prisma", { cluster, passwordVersion: 2 });
    });
    assert.ok(service);
    assert.equal(await valueOf(service.passwordVersion), 2);
    const awaited = [...(await (service.passwordVersion as any).resources())];
    const urns = await Promise.all(awaited.map(({ urn }) => valueOf(urn)));
    assert.deepEqual(urns, [only(resources, "kubernetes:apps/v1:Deployment", "prisma-server").urn]);
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
      Object.values<StackRule>(rules).flatMap((rule) => rule(resources, config)),
      [],
    );
  });
});
