import assert from "node:assert/strict";
import { readEnv as readChatEnv } from "../../apps/chat/server/src/env.js";
import { readEnv } from "../../apps/journal/frontend/src/env.js";
import { type Registered, ofKind, only } from "../support/program.js";
import { workloadsOf } from "../support/rules/workloads.js";
import { committedRun, resourcesOf, stackNames } from "../support/stacks.js";

const variables = [
  "DRAIN_DELAY_SEC",
  "JOURNAL_ENTRIES",
  "LOG_LEVEL",
  "PORT",
  "REDIS_ACKNOWLEDGING_REPLICAS",
  "REDIS_HOST",
  "REDIS_PASSWORD_FILE",
  "REDIS_PORT",
  "REDIS_PRIMARY_NAME",
  "REDIS_SENTINELS",
  "REDIS_USERNAME",
];

describe("the journal frontend's variables", () => {
  for (const stack of stackNames) {
    it(`are what its env.ts reads, on stack ${stack}`, async () => {
      const resources = await resourcesOf(stack);
      const given = environmentOf(resources, "frontend");

      const env = readEnv(given);

      assert.deepEqual(Object.keys(given).sort(), variables);
      const service = only(resources, "kubernetes:core/v1:Service", "journal-frontend").inputs;
      const container = containerOf(resources, "frontend");
      assert.equal(env.PORT, container.ports[0].containerPort);
      assert.equal(service.spec.ports[0].targetPort, container.ports[0].name);
      assert.equal(env.REDIS_HOST, "redis.journal.svc");
      const [, sentinel] = workloadOf(resources, "redis").containers;
      assert.deepEqual(
        env.REDIS_SENTINELS,
        [0, 1, 2].map((pod) => ({
          host: `redis-${pod}.redis-write`,
          port: sentinel.ports[0].containerPort,
        })),
      );
      assert.equal(
        env.REDIS_PRIMARY_NAME,
        sentinel.env.find(({ name }: any) => name === "REDIS_PRIMARY_NAME").value,
      );
      assert.equal(env.REDIS_ACKNOWLEDGING_REPLICAS, 1);
      assert.equal(env.REDIS_PORT, containerOf(resources, "redis").ports[0].containerPort);
      assert.equal(env.JOURNAL_ENTRIES, 10);
      assert.equal(env.LOG_LEVEL, stack === "dev" ? "debug" : "info");
    });

    it(`leave time to drain before the pod is killed, on stack ${stack}`, async () => {
      const resources = await resourcesOf(stack);
      const { pod } = workloadOf(resources, "frontend");
      const { DRAIN_DELAY_SEC } = readEnv(environmentOf(resources, "frontend"));
      assert.ok(pod.terminationGracePeriodSeconds >= DRAIN_DELAY_SEC + 20);
    });
  }
});

describe("the chat server's variables", () => {
  for (const stack of stackNames) {
    it(`are what its env.ts reads, on stack ${stack}`, async () => {
      const resources = await resourcesOf(stack);
      const env = readChatEnv(environmentOf(resources, "server", "chat"));
      const page = environmentOf(resources, "client", "chat");
      const { containers, pod } = workloadOf(resources, "server", "chat");
      const host = (name: string) =>
        only(resources, "kubernetes:networking.k8s.io/v1:Ingress", name).inputs.spec.rules[0].host;

      assert.equal(env.PORT, containers[0].ports[0].containerPort);
      assert.deepEqual(
        env.REDIS_SENTINELS,
        [0, 1, 2].map((index) => ({ host: `redis-${index}.redis-write`, port: 26379 })),
      );
      assert.deepEqual([env.REDIS_PRIMARY_NAME, env.REDIS_USERNAME], ["chat", "app"]);
      assert.deepEqual(
        [env.MONGO_URI_FILE, env.REDIS_PASSWORD_FILE].map((file) =>
          containers[0].volumeMounts.some(({ mountPath }: any) => file?.startsWith(`${mountPath}/`)),
        ),
        [true, true],
      );
      const { outputs } = await committedRun(stack);
      assert.deepEqual(env.CHAT_ORIGINS, [outputs.urls.chat]);
      assert.equal(new URL(page.CHAT_SERVER_URL ?? "").hostname, host("chat-server"));
      assert.ok(pod.terminationGracePeriodSeconds >= env.DRAIN_DELAY_SEC + env.DRAIN_SPREAD_SEC + 15);
    });
  }
});

function workloadOf(resources: readonly Registered[], name: string, namespace = "journal") {
  const found = workloadsOf(resources).find(
    (workload) => workload.namespace === namespace && workload.resource.inputs.metadata.name === name,
  );
  assert.ok(found, `expected a workload "${name}"`);
  return found;
}

function containerOf(resources: readonly Registered[], name: string, namespace?: string) {
  return workloadOf(resources, name, namespace).containers[0];
}

/** The variables as the container gets them, those from ConfigMaps too. */
function environmentOf(
  resources: readonly Registered[],
  workload: string,
  namespace = "journal",
): Record<string, string> {
  const valueOf = ({ value, valueFrom }: any): string => {
    if (value !== undefined) return value;
    const { name, key } = valueFrom.configMapKeyRef;
    const found = ofKind(resources, "ConfigMap").find(
      ({ inputs }) => inputs.metadata.namespace === namespace && inputs.metadata.name === name,
    );
    return found?.inputs.data[key];
  };
  return Object.fromEntries(
    containerOf(resources, workload, namespace).env.map((variable: any) => [
      variable.name,
      valueOf(variable),
    ]),
  );
}
