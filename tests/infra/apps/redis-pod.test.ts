import assert from "node:assert/strict";
import { Redis, type RedisArgs } from "../../../infra/apps/redis.js";
import { collectorPeers } from "../../../infra/gcp/pod-monitoring.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { type Registered, only, record } from "../../support/program.js";
import { resourcesOf } from "../../support/stacks.js";

const SET = "kubernetes:apps/v1:StatefulSet";

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

describe("infra/apps/redis-pod", () => {
  it("answers its clients and its own pods, and calls nobody but its own pods", async () => {
    const { spec } = only(await redis(), "kubernetes:networking.k8s.io/v1:NetworkPolicy", "redis").inputs;
    const self = {
      podSelector: {
        matchLabels: { "app.kubernetes.io/name": "journal", "app.kubernetes.io/component": "redis" },
      },
    };
    const ports = [6379, 26379].map((port) => [{ protocol: "TCP", port }]);
    const client = { podSelector: { matchLabels: { app: "frontend" } } };
    assert.deepEqual(
      spec.ingress,
      ports.map((port) => ({ from: [client, self], ports: port })),
    );
    assert.deepEqual(
      spec.egress,
      ports.map((port) => ({ to: [self], ports: port })),
    );
  });

  it("shows its figures to Google's collectors, under a port of a name, and where there are none to nobody", async () => {
    const exporter = setOf(await redis()).spec.template.spec.containers[2];
    assert.deepEqual([exporter.ports[0].name, exporter.ports[0].containerPort], ["metrics", 9121]);
    const ingressOf = (resources: readonly Registered[], name: string) =>
      only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", name).inputs.spec.ingress.slice(2);
    assert.deepEqual(ingressOf(await redis(), "redis"), []);
    assert.deepEqual(ingressOf(await resourcesOf("prod"), "journal-redis"), [
      { from: collectorPeers, ports: [{ protocol: "TCP", port: 9121 }] },
    ]);
  });

  it("runs a Sentinel beside each server, which knows every pod and how many must agree", async () => {
    const sentinel = setOf(await redis({ replicas: 5 })).spec.template.spec.containers[1];
    const env = Object.fromEntries(sentinel.env.map(({ name, value }: any) => [name, value]));
    assert.deepEqual(sentinel.command, ["/bin/sh", "/etc/redis/sentinel.sh"]);
    assert.equal(env.REDIS_QUORUM, "3");
    assert.equal(env.REDIS_PRIMARY_NAME, "journal");
    assert.deepEqual(
      env.REDIS_HOSTS.split(" "),
      [0, 1, 2, 3, 4].map((pod) => `redis-${pod}.redis-write`),
    );
  });

  it("hands the primary's role over before it stops, and has the time for it", async () => {
    const resources = await redis();
    const { terminationGracePeriodSeconds } = setOf(resources).spec.template.spec;
    assert.deepEqual(containerOf(resources).lifecycle.preStop.exec.command, [
      "/bin/sh",
      "/etc/redis/leave.sh",
    ]);
    assert.ok(terminationGracePeriodSeconds >= 30);
  });

  it("asks by script, because a password does not belong into a probe's arguments", async () => {
    const { readinessProbe, livenessProbe, command } = containerOf(await redis());
    assert.deepEqual(readinessProbe.exec.command, ["/bin/sh", "/etc/redis/ready.sh"]);
    assert.deepEqual(livenessProbe.exec.command, ["/bin/sh", "/etc/redis/live.sh", "6379"]);
    assert.deepEqual(command, ["/bin/sh", "/etc/redis/launch.sh"]);
  });
});
