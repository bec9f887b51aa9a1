import fc from "fast-check";
import assert from "node:assert/strict";
import { z } from "zod";
import { settings } from "../../infra/config.js";
import type { Registered, RecordOptions } from "../support/program.js";
import { workloadsOf } from "../support/rules/workloads.js";
import { type Config, runProgram, stackConfig } from "../support/stacks.js";

/** Another valid value for every setting, and the workloads whose pods it must roll: these and no others. */
const changes: Readonly<Record<string, readonly [value: unknown, rolls: readonly string[]]>> = {
  "gke.kubeconfig": ["/elsewhere/kubeconfig", []],
  "gke.context": ["another-context", []],
  "local.kubeconfig": ["/elsewhere/kubeconfig", []],
  "local.context": ["another-context", []],
  "local.httpPort": [18080, []],
  "local.httpsPort": [18443, []],
  "images.journal-frontend": [`registry.example/f@sha256:${"1".repeat(64)}`, ["frontend"]],
  "images.journal-fileserver": [`registry.example/f@sha256:${"1".repeat(64)}`, ["fileserver"]],
  "images.redis": [`registry.example/r@sha256:${"1".repeat(64)}`, ["redis"]],
  "journal.cluster": ["moves every pod", []],
  "journal.host": ["other.example.com", []],
  "journal.journalEntries": [11, ["frontend"]],
  "journal.logLevel": ["warn", ["frontend"]],
  "journal.frontend.replicas": [4, []],
  "journal.frontend.resources.cpu": ["750m", ["frontend"]],
  "journal.frontend.resources.memory": ["300Mi", ["frontend"]],
  "journal.frontend.resources.ephemeralStorage": ["70Mi", ["frontend"]],
  "journal.fileserver.replicas": [4, []],
  "journal.fileserver.resources.cpu": ["150m", ["fileserver"]],
  "journal.fileserver.resources.memory": ["100Mi", ["fileserver"]],
  "journal.fileserver.resources.ephemeralStorage": ["40Mi", ["fileserver"]],
  "journal.redis.replicas": [5, []],
  "journal.redis.storage": ["20Gi", []],
  "journal.redis.resources.cpu": ["300m", ["redis"]],
  "journal.redis.resources.memory": ["300Mi", ["redis"]],
  "journal.redis.resources.ephemeralStorage": ["70Mi", ["redis"]],
};

const password = fc.stringMatching(/^[A-Za-z0-9]{16,40}$/);

describe("a change of the stack file", () => {
  let original: Registered[];
  before(async () => (original = await run(stackConfig("dev"))));

  for (const [path, [value, expected]] of Object.entries(changes)) {
    const [block = "", ...keys] = path.split(".");
    const stack = block === "local" ? "local" : "dev";
    if (path === "journal.cluster") continue;

    it(`of ${path} rolls ${expected.join(" and ") || "no pods"}`, async () => {
      const config = stackConfig(stack);
      const old = stack === "dev" ? original : await run(config);
      const changed = { ...config, [`slipway:${block}`]: withValue(config[`slipway:${block}`], keys, value) };

      const after = await run(changed);

      assert.notDeepEqual(everything(after), everything(old), "the change reached nothing at all");
      assert.deepEqual(rolled(old, after), expected);
    });
  }

  it("is foreseen here for every setting that there is", () => {
    const schema = z.toJSONSchema(z.object(settings), { io: "input" });
    assert.deepEqual(Object.keys(changes).sort(), leavesOf(schema).sort());
  });

  it("to the same values rolls no pods and changes nothing", async () => {
    assert.deepEqual(everything(await run(stackConfig("dev"))), everything(original));
  });

  it("of the configured password rolls exactly the pods that read it, whatever the passwords", async () => {
    const withPassword = (value: string) => run({ ...stackConfig("dev"), "slipway:redisPassword": value });
    await fc.assert(
      fc.asyncProperty(password, password, async (one, other) => {
        const expected = one === other ? [] : ["frontend", "redis"];
        assert.deepEqual(rolled(await withPassword(one), await withPassword(other)), expected);
      }),
      { numRuns: 4 },
    );
  });

  it("of the made-up password rolls exactly the pods that read it", async () => {
    const after = await run(stackConfig("dev"), { password: "Another0one0by0the0random0maker0" });
    assert.deepEqual(rolled(original, after), ["frontend", "redis"]);
  });

  it("back to the ConfigMap before finds it still there, because the old one is not deleted", async () => {
    const config = stackConfig("dev");
    const after = await run({
      ...config,
      "slipway:journal": { ...config["slipway:journal"], journalEntries: 11 },
    });
    const again = await run(config);

    assert.notEqual(configName(after), configName(original));
    assert.equal(configName(again), configName(original));
    const deleted = [...original, ...after].filter(
      ({ inputs, retainOnDelete }) => inputs.kind === "ConfigMap" && !retainOnDelete,
    );
    assert.deepEqual(deleted, []);
  });
});

async function run(config: Config, options?: Omit<RecordOptions, "config">): Promise<Registered[]> {
  return (await runProgram(config, options)).resources;
}

/** Names of the workloads whose pod template differs, which is when Kubernetes replaces their pods. */
function rolled(before: readonly Registered[], after: readonly Registered[]): string[] {
  const templates = (resources: readonly Registered[]) =>
    new Map(
      workloadsOf(resources).map(({ resource, spec }) => [
        resource.inputs.metadata.name,
        JSON.stringify(spec.template),
      ]),
    );
  const then = templates(before);
  const now = templates(after);
  assert.deepEqual([...now.keys()].sort(), [...then.keys()].sort());
  return [...now.keys()].filter((name) => now.get(name) !== then.get(name)).sort();
}

function everything(resources: readonly Registered[]) {
  const sorted = resources.map(({ urn, inputs }) => ({ urn, inputs: JSON.stringify(inputs) }));
  return sorted.sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

function configName(resources: readonly Registered[]): string {
  return resources.find(({ name }) => name === "journal-frontend-config")?.inputs.metadata.name;
}

function withValue(block: any, [key = "", ...rest]: readonly string[], value: unknown): unknown {
  return { ...block, [key]: rest.length > 0 ? withValue(block?.[key], rest, value) : value };
}

/** "journal.frontend.replicas" and every other path to a value in the schema. */
function leavesOf(schema: any, path: readonly string[] = []): string[] {
  if (!schema.properties) return [path.join(".")];
  return Object.entries(schema.properties).flatMap(([key, child]) => leavesOf(child, [...path, key]));
}
