import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { parseConfig } from "../../../apps/prisma/src/config.js";
import { readEnv } from "../../../apps/prisma/src/env.js";
import { isSecret, ofKind, only, type Registered } from "../../support/program.js";
import { deploymentOf, documentOf, podOf, prisma } from "./prisma-service.js";

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
