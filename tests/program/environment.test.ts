import assert from "node:assert/strict";
import { readEnv } from "../../apps/journal/frontend/src/env.js";
import { type Registered, ofKind, only } from "../support/program.js";
import { workloadsOf } from "../support/rules/workloads.js";
import { resourcesOf, stackNames } from "../support/stacks.js";

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
          host: `redis-${pod}.redis-write.journal.svc`,
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

function workloadOf(resources: readonly Registered[], name: string) {
  const found = workloadsOf(resources).find(({ resource }) => resource.inputs.metadata.name === name);
  assert.ok(found, `expected a workload "${name}"`);
  return found;
}

function containerOf(resources: readonly Registered[], name: string) {
  return workloadOf(resources, name).containers[0];
}

/** The variables as the container gets them, those from ConfigMaps too. */
function environmentOf(resources: readonly Registered[], workload: string): Record<string, string> {
  const valueOf = ({ value, valueFrom }: any): string => {
    if (value !== undefined) return value;
    const { name, key } = valueFrom.configMapKeyRef;
    const found = ofKind(resources, "ConfigMap").find(({ inputs }) => inputs.metadata.name === name);
    return found?.inputs.data[key];
  };
  return Object.fromEntries(
    containerOf(resources, workload).env.map((variable: any) => [variable.name, valueOf(variable)]),
  );
}
