import fc from "fast-check";
import assert from "node:assert/strict";
import { z } from "zod";
import { settings } from "../../infra/config.js";
import type { Registered, RecordOptions } from "../support/program.js";
import { workloadsOf } from "../support/rules/workloads.js";
import { type Config, resourcesOf, runProgram, stackConfig } from "../support/stacks.js";
import { apart, changes, cloudChanges, onDev } from "./changes.js";

/** Each is a block of the stack file, and makes nothing when that is not there. */
const apps = ["journal", "chat", "prisma"] as const;
type App = (typeof apps)[number];

const password = fc.stringMatching(/^[A-Za-z0-9]{16,40}$/);

describe("a change of the stack file", () => {
  let original: Registered[];
  // The apps are the same on every stack, and without a cloud there are far fewer resources to run through.
  before(async () => (original = await run(stackConfig("local"))));

  const onLocal = Object.entries(changes).filter(
    ([path]) => !path.endsWith(".cluster") && !onDev.includes(path),
  );

  // With the apps alone that it is for, so that the others are not made again for each of its settings.
  for (const [path, [value, expected]] of onLocal)
    it(`of ${path} rolls ${expected.join(" and ") || "no pods"}`, async () => {
      const those = appsOf(path);
      const config = configOf(those);
      const before = await originalOf(those);

      const after = await run(withChange(config, path, value));

      assert.notDeepEqual(everything(after), everything(before), "the change reached nothing at all");
      assert.deepEqual(rolled(before, after), expected);
    });

  // A setting that reaches into another app is found here, whichever it is.
  for (const app of apps)
    it(`of everything that is for ${app} alone rolls what each setting does, and nothing of another app`, async () => {
      const its = onLocal.filter(([path]) => appsOf(path).join() === app);
      const changed = its.reduce(
        (config, [path, [value]]) => withChange(config, path, value),
        configOf(apps),
      );
      const expected = new Set(its.flatMap(([, [, rolls]]) => rolls));
      assert.deepEqual(rolled(original, await run(changed)), [...expected].sort());
    });

  for (const cloud of ["gcp", "aws"] as const) {
    // A database in another project is another database.
    const expected = cloud === "gcp" ? ["prisma/prisma", "prisma/prisma-migrations"] : [];
    it(`of everything in ${cloud} rolls ${expected.join(" and ") || "no pods"}`, async () => {
      const before = await resourcesOf("dev");
      const changed = { [`slipway:${cloud}`]: cloudChanges[cloud] };
      const after = await run({ ...stackConfig("dev"), ...changed });
      assert.notDeepEqual(everything(after), everything(before), "the change reached nothing at all");
      assert.deepEqual(rolled(before, after), expected);
    });
  }

  it("of the domain and of the protection rolls only pods that know an address of theirs", async () => {
    const before = await resourcesOf("dev");
    const changed = { "slipway:domain": "another.example.com", "slipway:protection": true };
    assert.deepEqual(rolled(before, await run({ ...stackConfig("dev"), ...changed })), [
      "chat/client",
      "chat/server",
    ]);
  });

  it("of what leads to the chat's page rolls the server, which must know its address, and not the page", async () => {
    const before = await resourcesOf("dev");
    const [exposedBy, expected] = changes["chat.client.exposedBy"] ?? [];
    const chat = withValue(stackConfig("dev")["slipway:chat"], ["client", "exposedBy"], exposedBy);
    assert.deepEqual(rolled(before, await run({ ...stackConfig("dev"), "slipway:chat": chat })), expected);
  });

  it("is foreseen here for every setting that there is", () => {
    const schema = z.toJSONSchema(z.object(settings), { io: "input" });
    const foreseen = [...Object.keys(changes), ...pathsOf(cloudChanges)];
    assert.deepEqual(foreseen.sort(), leavesOf(schema).sort());
  });

  it("to the same values rolls no pods and changes nothing", async () => {
    assert.deepEqual(everything(await run(stackConfig("local"))), everything(original));
  });

  it("of the configured password rolls exactly the pods that read it, whatever the passwords", async () => {
    const withPassword = (value: string) => run({ ...stackConfig("local"), "slipway:redisPassword": value });
    let [one] = fc.sample(password, 1);
    assert.ok(one);
    let before = await withPassword(one);
    await fc.assert(
      fc.asyncProperty(password, async (other) => {
        const expected = one === other ? [] : ["journal/frontend", "journal/redis"];
        const after = await withPassword(other);
        assert.deepEqual(rolled(before, after), expected);
        [one, before] = [other, after];
      }),
      { numRuns: 4 },
    );
  });

  it("of the made-up password rolls exactly the pods that read it", async () => {
    const after = await run(stackConfig("local"), { password: "Another0one0by0the0random0maker0" });
    assert.deepEqual(rolled(original, after), [
      "chat/redis",
      "chat/server",
      "journal/frontend",
      "journal/redis",
      "prisma/mysql",
      "prisma/prisma",
      "prisma/prisma-migrations",
      "prisma/prisma-users",
    ]);
  });

  it("back to the ConfigMap before finds it still there, because the old one is not deleted", async () => {
    const config = configOf(["journal"]);
    const before = await originalOf(["journal"]);
    const after = await run(withChange(config, "journal.journalEntries", 11));
    const again = await run(config);

    assert.notEqual(configName(after), configName(before));
    assert.equal(configName(again), configName(before));
    const deleted = [...before, ...after].filter(
      ({ inputs, retainOnDelete }) => inputs.kind === "ConfigMap" && !retainOnDelete,
    );
    assert.deepEqual(deleted, []);
  });
});

/** The one app that a setting is for, by its block or by what it must roll; or all. */
function appsOf(path: string): readonly App[] {
  if (apart.includes(path)) return apps;
  const rolls = changes[path]?.[1] ?? [];
  const its = apps.filter((app) => app === blockOf(path) || rolls.some((name) => name.startsWith(`${app}/`)));
  return its.length === 1 ? its : apps;
}

/** The local stack with those apps and no others. */
function configOf(those: readonly App[]): Config {
  const others = apps.filter((app) => !those.includes(app)).map((app) => `slipway:${app}`);
  return Object.fromEntries(Object.entries(stackConfig("local")).filter(([key]) => !others.includes(key)));
}

const originals = new Map<string, Promise<Registered[]>>();

/** What those apps register before a change. */
function originalOf(those: readonly App[]): Promise<Registered[]> {
  const original = originals.get(those.join()) ?? run(configOf(those));
  originals.set(those.join(), original);
  return original;
}

function blockOf(path: string): string {
  return path.split(".")[0] ?? "";
}

function withChange(config: Config, path: string, value: unknown): Config {
  const key = `slipway:${blockOf(path)}`;
  return { ...config, [key]: withValue(config[key], path.split(".").slice(1), value) };
}

async function run(config: Config, options?: Omit<RecordOptions, "config">): Promise<Registered[]> {
  return (await runProgram(config, options)).resources;
}

/** Names of the workloads whose pod template differs: Kubernetes replaces their pods, and a Job is done again. */
function rolled(before: readonly Registered[], after: readonly Registered[]): string[] {
  const templates = (resources: readonly Registered[]) =>
    new Map(
      workloadsOf(resources).map(({ resource, spec, namespace }) => [
        `${namespace}/${(resource.inputs.metadata.name ?? resource.name) as string}`,
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

function withValue(block: any, [key, ...rest]: readonly string[], value: unknown): unknown {
  return key === undefined ? value : { ...block, [key]: withValue(block?.[key], rest, value) };
}

/** "journal.frontend.replicas" and every other path to a value in the schema. */
function leavesOf(schema: any, path: readonly string[] = []): string[] {
  if (!schema.properties) return [path.join(".")];
  return Object.entries(schema.properties).flatMap(([key, child]) => leavesOf(child, [...path, key]));
}

/** "gcp.gke.zone" and every other path to a value that is no block. */
function pathsOf(block: any, path: readonly string[] = []): string[] {
  if (typeof block !== "object" || Array.isArray(block)) return [path.join(".")];
  return Object.entries(block).flatMap(([key, child]) => pathsOf(child, [...path, key]));
}
