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
      "kubernetes:core/v1:Service redis",
      "kubernetes:core/v1:Service redis-write",
      "kubernetes:core/v1:ServiceAccount redis",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy redis",
      "kubernetes:policy/v1:PodDisruptionBudget redis",
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

  it("refuses to be without a primary", async () => {
    await record(() => {
      const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images: {} });
      assert.throws(
        () =>
          new Redis("redis", {
            app: "journal",
            cluster,
            namespace: "journal",
            password: "p4ssword",
            clients: [],
            replicas: 0,
          }),
        (error) => {
          assert.ok(pulumi.InputPropertyError.isInstance(error));
          assert.deepEqual(
            [error.propertyPath, error.reason],
            ["replicas", "expected at least 1 (the primary), got 0"],
          );
          return true;
        },
      );
    });
  });

  it("points the StatefulSet at the headless Service, so that pod 0 has a stable name", async () => {
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
        clients: [],
      });
    });
    assert.ok(store);
    assert.equal(await valueOf(store.host), "redis.journal.svc");
    assert.equal(await valueOf(store.primaryHost), "redis-0.redis-write.journal.svc");
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

  it("mounts the password and the scripts read-only, for its own group", async () => {
    const resources = await redis();
    const { volumes } = setOf(resources).spec.template.spec;
    assert.deepEqual(
      volumes.map((volume: any) => [volume.name, (volume.configMap ?? volume.secret)?.defaultMode]),
      [
        ["config", 0o440],
        ["auth", 0o440],
        ["runtime", undefined],
      ],
    );
    assert.deepEqual(containerOf(resources).volumeMounts, [
      { name: "config", mountPath: "/etc/redis", readOnly: true },
      { name: "auth", mountPath: "/etc/redis-auth", readOnly: true },
      { name: "runtime", mountPath: "/run/redis" },
      { name: "data", mountPath: "/data" },
    ]);
  });

  it("writes its configuration, with the password, to memory and never to a disk", async () => {
    const { volumes } = setOf(await redis()).spec.template.spec;
    assert.deepEqual(volumes[2].emptyDir, { medium: "Memory", sizeLimit: "1Mi" });
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

  it("answers its clients and its own pods, and calls nobody but its own pods", async () => {
    const { spec } = only(await redis(), "kubernetes:networking.k8s.io/v1:NetworkPolicy", "redis").inputs;
    const self = {
      podSelector: {
        matchLabels: { "app.kubernetes.io/name": "journal", "app.kubernetes.io/component": "redis" },
      },
    };
    const ports = [{ protocol: "TCP", port: 6379 }];
    assert.deepEqual(spec.ingress, [
      { from: [{ podSelector: { matchLabels: { app: "frontend" } } }, self], ports },
    ]);
    assert.deepEqual(spec.egress, [{ to: [self], ports }]);
  });

  it("asks by script, because a password does not belong into a probe's arguments", async () => {
    const { readinessProbe, livenessProbe, command } = containerOf(await redis());
    assert.deepEqual(readinessProbe.exec.command, ["/bin/sh", "/etc/redis/ready.sh"]);
    assert.deepEqual(livenessProbe.exec.command, ["/bin/sh", "/etc/redis/live.sh"]);
    assert.deepEqual(command, ["/bin/sh", "/etc/redis/launch.sh"]);
  });
});
