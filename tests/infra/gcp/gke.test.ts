import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { CloudSql } from "../../../infra/gcp/cloud-sql.js";
import { Gke, type GkeArgs } from "../../../infra/gcp/gke.js";
import { NodePool } from "../../../infra/gcp/node-pool.js";
import type { Identity } from "../../../infra/platform.js";
import { type Registered, isSecret, only, record, reveal, valueOf } from "../../support/program.js";
import { Google } from "./google.js";

class App extends pulumi.ComponentResource {
  constructor(cluster: Gke) {
    super("test:index:App", "app", {}, { providers: [cluster.provider] });
  }
}

const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const MONITORING = "kubernetes:monitoring.googleapis.com/v1:PodMonitoring";
const KUBERNETES = "pulumi:providers:kubernetes";
const routes = [{ path: "/", service: "fileserver", port: 80 }];
const clientArgs = { namespace: "chat", labels: {}, selector: { app: "client" }, targetPort: "http" };

const cloudArgs = {
  app: "prisma",
  namespace: "journal",
  clients: [],
  passwordVersion: 1,
};

describe("infra/gcp/gke", () => {
  const run = (
    use: (cluster: Gke, app: App) => void = () => undefined,
    own: Partial<GkeArgs> & { withCloudSql?: boolean } = {},
  ) =>
    record(() => {
      const google = new Google();
      const where = { project: "acme-dev", region: "europe-west1" };
      const { withCloudSql = false, ...rest } = own;
      const sqlArgs = { ...where, networkId: "net-id", protection: true };
      const cloudSql = withCloudSql ? new CloudSql("sql", sqlArgs, google.opts) : undefined;
      const pool = { project: "acme-dev", location: "europe-west1", clusterName: "c", serviceAccount: "n" };
      const nodes = new NodePool("nodes", pool, google.opts);
      const cluster = new Gke(
        "gke",
        {
          ...where,
          projectNumber: "123456789012",
          kubeconfig: pulumi.secret("the kubeconfig"),
          gcpProvider: google.gcpProvider,
          foundations: [nodes],
          images: { redis: "redis:v1.0.0-0000000" },
          protection: true,
          cloudSql,
          ...rest,
        },
        google.opts,
      );
      use(cluster, new App(cluster));
    });

  it("asks the registry for every pod, so that a node's cache is no way around its permissions", async () => {
    await run((cluster) => {
      assert.equal(cluster.imagePullPolicy, "Always");
      assert.equal(cluster.image("redis"), "redis:v1.0.0-0000000");
    });
  });

  it("lets in Google's load balancers, and gives them longer to learn of a pod that goes", async () => {
    await run((cluster) => {
      assert.deepEqual(cluster.entryPeers, [
        { ipBlock: { cidr: "130.211.0.0/22" } },
        { ipBlock: { cidr: "35.191.0.0/16" } },
      ]);
      assert.equal(cluster.drainDelaySec, 20);
      assert.equal(cluster.storageClassName, "standard-rwo");
    });
  });

  it("has Google's collectors, and nobody else, read an app's metrics under its own names", async () => {
    const selector = { app: "frontend" };
    const resources = await run((cluster, parent) => {
      const args = { namespace: "journal", labels: { tier: "web" }, selector, port: "http" };
      cluster.collectMetrics("journal-frontend-metrics", args, { parent });
      assert.deepEqual(cluster.metricsPeers, [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gmp-system" } },
          podSelector: { matchLabels: { "app.kubernetes.io/name": "collector" } },
        },
      ]);
    });
    const { inputs, provider } = only(resources, MONITORING, "journal-frontend-metrics");
    assert.deepEqual(inputs.metadata, {
      name: "journal-frontend-metrics",
      namespace: "journal",
      labels: { tier: "web" },
    });
    assert.deepEqual(inputs.spec, {
      selector: { matchLabels: selector },
      endpoints: [{ port: "http", path: "/metrics", interval: "30s" }],
    });
    assert.match(provider, /providers:kubernetes::gke::/);
  });

  it("knows pods by their namespace and account, before the account is made and after", async () => {
    const identities: Identity[] = [];
    const resources = await run((cluster, parent) => {
      const account = { namespace: "journal", name: "frontend" };
      identities.push(cluster.identityOf(account));
      identities.push(cluster.createIdentity("journal-frontend", { ...account, labels: {} }, { parent }));
    });
    const names = await valueOf(pulumi.output(identities));
    assert.match(names[0]?.principal ?? "", /^principal:.*acme-dev\.svc.*\/ns\/journal\/sa\/frontend$/);
    assert.deepEqual(names[0], names[1]);
    const { inputs } = only(resources, "kubernetes:core/v1:ServiceAccount", "journal-frontend");
    assert.deepEqual([inputs.metadata.name, inputs.metadata.annotations], ["frontend", undefined]);
  });

  it("identifies the cluster by a name that no replacement and no kubeconfig changes", async () => {
    const { inputs } = only(await run(), KUBERNETES, "gke");
    assert.equal(inputs.clusterIdentifier, "gke");
    assert.equal(isSecret(inputs.kubeconfig), true);
    assert.equal(reveal(inputs.kubeconfig), "the kubeconfig");
  });

  it("has apps wait for the nodes, and nodes outlive the apps", async () => {
    const resources = await run();
    const { dependencies } = only(resources, KUBERNETES, "gke");
    assert.ok(dependencies.includes(only(resources, "gcp:container/nodePool:NodePool", "nodes").urn));
  });

  it("speaks TLS 1.2 and newer with modern ciphers at every entry", async () => {
    const resources = await run(
      (cluster, parent) => {
        cluster.createEntry("journal", { namespace: "journal", routes }, { parent });
      },
      { domain: "example.com" },
    );
    assert.deepEqual(only(resources, "gcp:compute/sSLPolicy:SSLPolicy", "gke").inputs, {
      project: "acme-dev",
      profile: "MODERN",
      minTlsVersion: "TLS_1_2",
    });
    const type = "kubernetes:networking.gke.io/v1beta1:FrontendConfig";
    assert.equal(only(resources, type, "journal-frontend").inputs.spec.sslPolicy, "gke-0a1b2c3");
  });

  it("hands its entries the domain and the zone of all apps, and knows their addresses", async () => {
    let addresses: Gke["addresses"] = {};
    const resources = await run(
      (cluster, parent) => {
        cluster.createEntry("journal", { namespace: "journal", routes }, { parent });
        const { url } = cluster.createLoadBalancer("chat-client", clientArgs, { parent });
        assert.equal(url, "http://chat-client.example.com");
        ({ addresses } = cluster);
      },
      { domain: "example.com", dnsZone: "example-com" },
    );
    assert.equal(only(resources, INGRESS, "journal").inputs.spec.rules[0].host, "journal.example.com");
    assert.equal(only(resources, "gcp:dns/recordSet:RecordSet", "journal").inputs.managedZone, "example-com");
    assert.deepEqual(await valueOf(pulumi.output(addresses)), {
      journal: "203.0.113.10",
      "chat-client": "203.0.113.20",
    });
  });

  it("sends what an app asks for to the cluster and to Google by its own providers, never by default ones", async () => {
    const resources = await run(
      (cluster, parent) => {
        cluster.createBackend("web", { namespace: "journal", healthPath: "/", healthPort: 80 }, { parent });
        cluster.createEntry("journal", { namespace: "journal", routes, host: "j.example.com" }, { parent });
        cluster.createLoadBalancer("chat-client", { ...clientArgs, host: "c.example.com" }, { parent });
        cluster.createIdentity("web", { namespace: "journal", name: "web", labels: {} }, { parent });
        cluster.createMySql("prisma", cloudArgs, { parent });
      },
      { withCloudSql: true },
    );
    assert.deepEqual(strays(resources), []);
    const entryUrn = only(resources, "slipway:gcp:GceEntry", "journal").urn;
    assert.equal(only(resources, INGRESS, "journal").parent, entryUrn);
  });

  it("says that there is no database where nobody asked for Cloud SQL", async () => {
    await run((cluster, parent) => {
      assert.throws(
        () => cluster.createMySql("prisma", cloudArgs, { parent }),
        (error) => {
          assert.ok(pulumi.InputPropertyError.isInstance(error));
          assert.deepEqual(
            [error.propertyPath, error.reason],
            [
              "cloudSql",
              'expected a Cloud SQL instance for "prisma", got none; add it to slipway:gcp, even as "cloudSql: {}"',
            ],
          );
          return true;
        },
      );
    });
  });
});

/** Resources that go to a provider nobody in the program made. */
function strays(resources: readonly Registered[]): string[] {
  return resources
    .filter(({ type }) => /^(gcp|kubernetes):/.test(type))
    .filter(({ type, provider }) => !provider.includes(`$pulumi:providers:${type.split(":")[0] ?? ""}::`))
    .map(({ type, name, provider }) => `${type} ${name} goes to "${provider}"`);
}
