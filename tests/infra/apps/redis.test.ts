import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { Redis, type RedisArgs } from "../../../infra/apps/redis.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { type Registered, isSecret, only, record, reveal, valueOf } from "../../support/program.js";

const SET = "kubernetes:apps/v1:StatefulSet";
const SERVICE = "kubernetes:core/v1:Service";

/** Every resource of one Redis, without the cluster that it is on. */
async function redis(change: Partial<RedisArgs> = {}): Promise<Registered[]> {
  const resources = await record(() => {
    const images = { redis: "slipway.local/redis:v1.0.0-0000000" };
    const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images });
    const args = {
      app: "journal",
      cluster,
      namespace: "journal",
      password: "p4ssword",
      rights: "~* -@all +@read +@write",
      clients: [{ app: "frontend" }],
      ...change,
    };
    new Redis("redis", args, { providers: [cluster.provider] });
  });
  return resources.filter(({ name }) => name !== "local");
}

const setOf = (resources: Registered[]) => only(resources, SET, "redis").inputs;
const containerOf = (resources: Registered[]) => setOf(resources).spec.template.spec.containers[0];

describe("infra/apps/redis", () => {
  it("registers these resources and no others", async () => {
    const resources = await redis();
    assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
      "kubernetes:apps/v1:StatefulSet redis",
      "kubernetes:core/v1:ConfigMap redis-config",
      "kubernetes:core/v1:Secret redis",
      "kubernetes:core/v1:Secret redis-internal",
      "kubernetes:core/v1:Service redis",
      "kubernetes:core/v1:Service redis-write",
      "kubernetes:core/v1:ServiceAccount redis",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy redis",
      "kubernetes:policy/v1:PodDisruptionBudget redis",
      "random:index/randomPassword:RandomPassword redis-internal-password",
      "random:index/randomPassword:RandomPassword redis-metrics-password",
      "slipway:apps:Redis redis",
    ]);
  });

  it("defaults to three pods of 10Gi, with 250m of CPU and 256Mi of memory", async () => {
    const resources = await redis();
    const { spec } = setOf(resources);
    assert.equal(spec.replicas, 3);
    assert.deepEqual(spec.volumeClaimTemplates[0].spec.resources, { requests: { storage: "10Gi" } });
    assert.deepEqual(containerOf(resources).resources.limits, {
      cpu: "250m",
      memory: "256Mi",
      "ephemeral-storage": "64Mi",
    });
  });

  it("takes other sizes, each by itself", async () => {
    const resources = await redis({ replicas: 5, storage: "1Gi", resources: { memory: "1Gi" } });
    assert.equal(setOf(resources).spec.replicas, 5);
    assert.deepEqual(setOf(resources).spec.volumeClaimTemplates[0].spec.resources.requests, {
      storage: "1Gi",
    });
    assert.deepEqual(containerOf(resources).resources.limits, {
      cpu: "250m",
      memory: "1Gi",
      "ephemeral-storage": "64Mi",
    });
  });

  for (const replicas of [0, 2]) {
    it(`refuses ${replicas} pods, which cannot replace a primary`, async () => {
      await record(() => {
        const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images: {} });
        const args = {
          app: "journal",
          cluster,
          namespace: "journal",
          password: "p4ssword",
          rights: "~* -@all",
          clients: [],
          replicas,
        };
        assert.throws(
          () => new Redis("redis", args),
          (error) => {
            assert.ok(pulumi.InputPropertyError.isInstance(error));
            const expected = "expected 1, or at least 3, of which more than half can choose a primary";
            assert.deepEqual(
              [error.propertyPath, error.reason],
              ["replicas", `${expected}, got ${replicas}`],
            );
            return true;
          },
        );
      });
    });
  }

  it("points the StatefulSet at the headless Service, so that the pods have stable names", async () => {
    const resources = await redis();
    const headless = only(resources, SERVICE, "redis-write").inputs;
    assert.equal(setOf(resources).spec.serviceName, headless.metadata.name);
    assert.equal(headless.spec.clusterIP, "None");
    assert.equal(headless.spec.publishNotReadyAddresses, true);
  });

  it("reads from any pod that is ready", async () => {
    const { spec } = only(await redis(), SERVICE, "redis").inputs;
    assert.equal(spec.clusterIP, undefined);
    assert.equal(spec.publishNotReadyAddresses, undefined);
    assert.deepEqual(spec.selector, {
      "app.kubernetes.io/name": "journal",
      "app.kubernetes.io/component": "redis",
    });
  });

  it("tells where to read, where to write and where the password is", async () => {
    let store: Redis | undefined;
    await record(() => {
      const images = { redis: "slipway.local/redis:v1.0.0-0000000" };
      const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images });
      store = new Redis("redis", {
        app: "journal",
        cluster,
        namespace: "journal",
        password: "p4ssword",
        rights: "~* -@all",
        clients: [],
      });
    });
    assert.ok(store);
    assert.equal(await valueOf(store.host), "redis.journal.svc");
    const sentinels = [0, 1, 2].map((pod) => `redis-${pod}.redis-write:26379`);
    assert.equal(await valueOf(store.sentinels), sentinels.join());
    assert.deepEqual([store.primaryName, store.username, store.acknowledgingReplicas], ["journal", "app", 1]);
    assert.match(await valueOf(store.secretName), /^redis-[0-9a-f]{8}$/);
    assert.equal(store.port, 6379);
  });

  it("keeps the password in an immutable Secret without a name of ours, even if it comes in clear", async () => {
    const { inputs } = only(await redis(), "kubernetes:core/v1:Secret", "redis");
    assert.equal(isSecret(inputs.stringData), true);
    assert.deepEqual(reveal(inputs.stringData), { password: "p4ssword" });
    assert.equal(inputs.immutable, true);
    assert.equal(inputs.metadata.name, undefined);
  });

  it("keeps the passwords among the pods in a Secret of their own, and gives the metrics theirs alone", async () => {
    const resources = await redis();
    const { inputs } = only(resources, "kubernetes:core/v1:Secret", "redis-internal");
    assert.equal(isSecret(inputs.stringData), true);
    const made = "Made0up0by0the0random0provider00";
    assert.deepEqual(reveal(inputs.stringData), {
      internal: made,
      metrics: made,
      "passwords.json": JSON.stringify({ "redis://localhost:6379": made }),
    });
    const { volumes, containers } = setOf(resources).spec.template.spec;
    const exporter = volumes.find(({ name }: any) => name === "exporter").secret;
    assert.deepEqual(exporter.items, [{ key: "passwords.json", path: "passwords.json" }]);
    assert.deepEqual(containers[2].volumeMounts, [
      { name: "exporter", mountPath: "/etc/redis-exporter", readOnly: true },
    ]);
  });

  it("mounts the password and the scripts read-only, for its own group", async () => {
    const resources = await redis();
    const { volumes } = setOf(resources).spec.template.spec;
    assert.deepEqual(
      volumes.map((volume: any) => [volume.name, (volume.configMap ?? volume.secret)?.defaultMode]),
      [
        ["config", 0o440],
        ["auth", 0o440],
        ["internal", 0o440],
        ["exporter", 0o440],
        ["runtime", undefined],
      ],
    );
    assert.deepEqual(containerOf(resources).volumeMounts, [
      { name: "config", mountPath: "/etc/redis", readOnly: true },
      { name: "auth", mountPath: "/etc/redis-auth", readOnly: true },
      { name: "internal", mountPath: "/etc/redis-internal", readOnly: true },
      { name: "runtime", mountPath: "/run/redis" },
      { name: "data", mountPath: "/data" },
    ]);
  });

  it("writes its configuration, with the password, to memory and never to a disk", async () => {
    const { volumes } = setOf(await redis()).spec.template.spec;
    assert.deepEqual(volumes[4].emptyDir, { medium: "Memory", sizeLimit: "1Mi" });
  });

  it("starts all pods at once and keeps their volumes", async () => {
    const { spec } = setOf(await redis());
    assert.equal(spec.podManagementPolicy, "Parallel");
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, {
      whenDeleted: "Retain",
      whenScaled: "Retain",
    });
  });

  it("keeps stable what Kubernetes never lets a StatefulSet change", async () => {
    const { selector, serviceName, volumeClaimTemplates } = setOf(await redis()).spec;
    const labels = { "app.kubernetes.io/name": "journal", "app.kubernetes.io/component": "redis" };
    assert.deepEqual(
      { selector, serviceName, volumeClaimTemplates },
      {
        selector: { matchLabels: labels },
        serviceName: "redis-write",
        volumeClaimTemplates: [
          {
            metadata: { name: "data", labels },
            spec: {
              accessModes: ["ReadWriteOnce"],
              storageClassName: "local-path",
              resources: { requests: { storage: "10Gi" } },
            },
          },
        ],
      },
    );
  });
});
