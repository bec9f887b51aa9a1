import assert from "node:assert/strict";
import { Journal, type JournalArgs } from "../../../infra/apps/journal.js";
import { imageNames } from "../../../infra/platform.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { type Registered, ofKind, only, record } from "../../support/program.js";

const images = Object.fromEntries(imageNames.map((name) => [name, `slipway.local/${name}:v1.0.0-0000000`]));

/** Every resource of one journal, without the cluster that it is on. */
async function journal(change: Partial<JournalArgs> = {}): Promise<Registered[]> {
  const resources = await record(() => {
    const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images });
    new Journal("journal", { cluster, ...change });
  });
  return resources.filter(({ name }) => name !== "local");
}

const deploymentOf = (resources: Registered[], component: string) =>
  only(resources, "kubernetes:apps/v1:Deployment", `journal-${component}`).inputs;
const podOf = (resources: Registered[], component: string) =>
  deploymentOf(resources, component).spec.template.spec;
const configOf = (resources: Registered[]) =>
  only(resources, "kubernetes:core/v1:ConfigMap", "journal-frontend-config").inputs.data;
const policyOf = (resources: Registered[], component: string) =>
  only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", `journal-${component}`).inputs.spec;

describe("infra/apps/journal", () => {
  it("registers these resources and no others", async () => {
    const component = (name: string) => [
      `apps/v1:Deployment ${name}`,
      `core/v1:Service ${name}`,
      `core/v1:ServiceAccount ${name}`,
      `networking.k8s.io/v1:NetworkPolicy ${name}`,
      `policy/v1:PodDisruptionBudget ${name}`,
    ];
    const kubernetes = [
      ...component("journal-frontend"),
      ...component("journal-fileserver"),
      ...component("journal-redis").filter((one) => !one.startsWith("apps")),
      "apps/v1:StatefulSet journal-redis",
      "core/v1:ConfigMap journal-frontend-config",
      "core/v1:ConfigMap journal-redis-config",
      "core/v1:LimitRange journal",
      "core/v1:Namespace journal",
      "core/v1:ResourceQuota journal",
      "core/v1:Secret journal-redis",
      "core/v1:Secret journal-redis-internal",
      "core/v1:Service journal-redis-write",
      "networking.k8s.io/v1:Ingress journal",
      "networking.k8s.io/v1:NetworkPolicy journal-allow-dns",
      "networking.k8s.io/v1:NetworkPolicy journal-deny-all",
    ].map((one) => `kubernetes:${one}`);
    const components = [
      "slipway:apps:AppNamespace journal",
      "slipway:apps:HttpService journal-fileserver",
      "slipway:apps:HttpService journal-frontend",
      "slipway:apps:Journal journal",
      "slipway:apps:Redis journal-redis",
      "slipway:local:LocalEntry journal",
    ];
    assert.deepEqual(
      (await journal()).map(({ type, name }) => `${type} ${name}`).sort(),
      [
        ...kubernetes,
        ...components,
        "random:index/randomPassword:RandomPassword journal-redis-internal-password",
        "random:index/randomPassword:RandomPassword journal-redis-metrics-password",
        "random:index/randomPassword:RandomPassword journal-redis-password",
      ].sort(),
    );
  });

  it("keeps all its objects in its own namespace", async () => {
    const namespaces = (await journal())
      .filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith(":Namespace"))
      .map(({ inputs }) => inputs.metadata.namespace);
    assert.deepEqual([...new Set(namespaces)], ["journal"]);
  });

  it("starts nothing before the namespace's rules, and takes them away last", async () => {
    const resources = await journal();
    const rules = ["ResourceQuota", "LimitRange"].flatMap((kind) => ofKind(resources, kind));
    const policies = ofKind(resources, "NetworkPolicy").filter(({ name }) => /deny-all|allow-dns/.test(name));
    const needed = [...rules, ...policies].map(({ urn }) => urn);
    assert.equal(needed.length, 4);
    for (const { name, dependencies } of [
      ...ofKind(resources, "Deployment"),
      ...ofKind(resources, "StatefulSet"),
    ]) {
      assert.deepEqual(
        needed.filter((urn) => !dependencies.includes(urn)),
        [],
        name,
      );
    }
  });

  it("defaults to two pods each, ten entries on a page and the level info", async () => {
    const resources = await journal();
    assert.equal(deploymentOf(resources, "frontend").spec.replicas, 2);
    assert.equal(deploymentOf(resources, "fileserver").spec.replicas, 2);
    assert.equal(configOf(resources).journalEntries, "10");
    assert.equal(configOf(resources).logLevel, "info");
  });

  it("defaults to the sizes that its arguments say", async () => {
    const resources = await journal();
    const limits = (component: string) => podOf(resources, component).containers[0].resources.limits;
    assert.deepEqual(limits("frontend"), { cpu: "500m", memory: "256Mi", "ephemeral-storage": "64Mi" });
    assert.deepEqual(limits("fileserver"), { cpu: "100m", memory: "64Mi", "ephemeral-storage": "32Mi" });
  });

  it("takes other sizes, each by itself", async () => {
    const resources = await journal({
      frontend: { replicas: 4, resources: { memory: "1G" } },
      redis: { replicas: 5, storage: "1Gi" },
    });
    assert.equal(deploymentOf(resources, "frontend").spec.replicas, 4);
    assert.deepEqual(podOf(resources, "frontend").containers[0].resources.limits, {
      cpu: "500m",
      memory: "1G",
      "ephemeral-storage": "64Mi",
    });
    assert.equal(only(resources, "kubernetes:apps/v1:StatefulSet", "journal-redis").inputs.spec.replicas, 5);
  });

  it("has a quota with room for all of its pods and for a rollout of them", async () => {
    const { hard } = only(await journal(), "kubernetes:core/v1:ResourceQuota", "journal").inputs.spec;
    assert.deepEqual([hard.pods, hard["limits.cpu"], hard["limits.memory"]], ["13", "4500m", "2704Mi"]);
  });

  it("tells the frontend by its ConfigMap where to read, where to write and how much", async () => {
    assert.deepEqual(configOf(await journal({ journalEntries: 25, logLevel: "warn" })), {
      journalEntries: "25",
      logLevel: "warn",
      drainDelaySec: "5",
      redisHost: "redis.journal.svc",
      redisSentinels: [0, 1, 2].map((pod) => `redis-${pod}.redis-write:26379`).join(),
      redisPrimaryName: "journal",
      redisUsername: "app",
      redisAcknowledgingReplicas: "1",
      redisPort: "6379",
    });
  });

  it("leads /api to the frontend's 8080 before / to the fileserver's 80", async () => {
    const { spec } = only(await journal(), "kubernetes:networking.k8s.io/v1:Ingress", "journal").inputs;
    assert.deepEqual(
      spec.rules[0].http.paths.map(({ path, backend }: any) => [
        path,
        backend.service.name,
        backend.service.port.number,
      ]),
      [
        ["/api", "frontend", 8080],
        ["/", "fileserver", 80],
      ],
    );
  });

  it("lets the entry call the frontend and the fileserver, and the frontend call Redis", async () => {
    const resources = await journal();
    const entry = {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } },
      podSelector: { matchLabels: { "app.kubernetes.io/name": "traefik" } },
    };
    const redis = {
      podSelector: {
        matchLabels: { "app.kubernetes.io/name": "journal", "app.kubernetes.io/component": "redis" },
      },
    };
    const http = [{ protocol: "TCP", port: 8080 }];
    assert.deepEqual(policyOf(resources, "frontend").ingress, [{ from: [entry], ports: http }]);
    assert.deepEqual(policyOf(resources, "frontend").egress, [
      { to: [redis], ports: [{ protocol: "TCP", port: 6379 }] },
      { to: [redis], ports: [{ protocol: "TCP", port: 26379 }] },
    ]);
    assert.deepEqual(policyOf(resources, "fileserver").ingress, [{ from: [entry], ports: http }]);
    assert.deepEqual(policyOf(resources, "fileserver").egress, []);
  });

  it("stops the fileserver only when nobody sends it requests any more", async () => {
    const { containers, terminationGracePeriodSeconds } = podOf(await journal(), "fileserver");
    assert.deepEqual(containers[0].lifecycle, { preStop: { sleep: { seconds: 5 } } });
    assert.equal(terminationGracePeriodSeconds, 30);
  });

  it("rolls without ever having fewer pods than it should", async () => {
    const { strategy, minReadySeconds } = deploymentOf(await journal(), "frontend").spec;
    assert.deepEqual(strategy, { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    assert.equal(minReadySeconds, 5);
  });

  it("lets the fileserver write to a small folder of its own and nowhere else", async () => {
    const { volumes, containers } = podOf(await journal(), "fileserver");
    assert.deepEqual(volumes, [{ name: "tmp", emptyDir: { sizeLimit: "16Mi" } }]);
    assert.deepEqual(containers[0].volumeMounts, [{ name: "tmp", mountPath: "/tmp" }]);
  });
});
