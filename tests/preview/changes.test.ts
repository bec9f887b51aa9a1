import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { changesOf } from "../../preview/changes.js";

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "AAAA" };
const urn = (type: string, name: string) => `urn:pulumi:dev::slipway::slipway:apps:Journal$${type}::${name}`;

function step(op: string, type: string, name: string, rest: Record<string, unknown> = {}): EngineEvent {
  const state = (inputs: unknown) => ({ custom: true, inputs, outputs: {} });
  const { before, after, custom = true, ...metadata } = rest;
  const marked = (value: object) => ({ ...value, custom });
  return {
    sequence: 0,
    timestamp: 0,
    resourcePreEvent: {
      planning: true,
      metadata: {
        op,
        type,
        urn: urn(type, name),
        provider: "",
        ...(op === "create" ? {} : { old: marked(state(before ?? {})) }),
        ...(op === "delete" ? {} : { new: marked(state(after ?? {})) }),
        ...metadata,
      },
    },
  } as unknown as EngineEvent;
}

const deployment = "kubernetes:apps/v1:Deployment";

describe("preview/changes", () => {
  it("tells what is created, changed and deleted, and counts what stays", () => {
    const { unchanged, changes } = changesOf([
      step("same", deployment, "a"),
      step("create", deployment, "b"),
      step("update", deployment, "c"),
      step("delete", deployment, "d"),
      { sequence: 1, timestamp: 0, summaryEvent: {} } as unknown as EngineEvent,
    ]);
    assert.equal(unchanged, 1);
    assert.deepEqual(
      changes.map(({ action, name }) => `${action} ${name}`),
      ["create b", "update c", "delete d"],
    );
  });

  it("makes one change of the three steps of a replacement, and says which half comes first", () => {
    const type = "gcp:compute/network:Network";
    const detailedDiff = { name: { diffKind: "update-replace" }, mtu: { diffKind: "update" } };
    const steps = ["create-replacement", "replace", "delete-replaced"].map((op) =>
      step(op, type, "net", {
        detailedDiff,
        before: { name: "a", mtu: 1460 },
        after: { name: "b", mtu: 1500 },
      }),
    );
    const properties = [
      { path: "name", replaces: true, before: "a", after: "b" },
      { path: "mtu", replaces: false, before: "1460", after: "1500" },
    ];
    const [createdFirst] = changesOf(steps).changes;
    assert.deepEqual(createdFirst, {
      action: "replace",
      type,
      name: "net",
      urn: urn(type, "net"),
      deletedFirst: false,
      properties,
      risks: ["network"],
    });
    assert.deepEqual(
      changesOf(steps.toReversed()).changes.map(({ deletedFirst }) => deletedFirst),
      [true],
    );
  });

  it("tells of what is only taken out of protection, which the engine says stays the same", () => {
    const type = "gcp:kms/cryptoKey:CryptoKey";
    const state = (protect: boolean) => ({ custom: true, inputs: {}, protect });
    const { changes } = changesOf([
      step("same", type, "off", { old: state(true), new: state(false) }),
      step("same", type, "on", { old: state(false), new: state(true) }),
    ]);
    assert.deepEqual(
      changes.map(({ action, name, risks }) => [action, name, risks]),
      [["update", "off", ["unprotected"]]],
    );
  });

  it("leaves out components, which exist in the state only", () => {
    const events = [step("create", "slipway:apps:Journal", "journal", { custom: false })];
    assert.deepEqual(changesOf(events), { unchanged: 0, changes: [] });
  });

  it("takes the names of the changed properties where a provider gives no details", () => {
    const [change] = changesOf([
      step("replace", deployment, "a", { diffs: ["spec", "metadata"], keys: ["metadata"] }),
    ]).changes;
    assert.deepEqual(
      change?.properties.map(({ path, replaces }) => ({ path, replaces })),
      [
        { path: "metadata", replaces: true },
        { path: "spec", replaces: false },
      ],
    );
  });

  it("shows no secret: neither what the engine marks nor what by its place could be one", () => {
    const paths = ["spec.a", "spec.b", "spec.password", 'env["API_TOKEN"]', "spec.deep"];
    const canary = "c4nary";
    const value = (text: string) => ({
      spec: {
        a: "[secret]",
        b: { ...secret, ciphertext: text },
        password: text,
        deep: { list: [secret, text] },
      },
      env: { API_TOKEN: text },
    });
    const detailedDiff = Object.fromEntries(paths.map((path) => [path, { diffKind: "update" }]));
    const inSecret = { "data.config": { diffKind: "update" } };
    const changes = changesOf([
      step("update", deployment, "a", { detailedDiff, before: value("old"), after: value(canary) }),
      step("update", "kubernetes:core/v1:Secret", "b", {
        detailedDiff: inSecret,
        before: { data: { config: "old" } },
        after: { data: { config: canary } },
      }),
    ]).changes;
    assert.equal(JSON.stringify(changes).includes(canary), false);
    assert.deepEqual(
      changes.flatMap(({ properties }) => properties.map(({ after }) => after)),
      Array(6).fill("(not shown)"),
    );
  });

  it("says of a value that the engine does not know yet that it is known later", () => {
    const after = { host: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", list: [{ port: 80 }] };
    const detailedDiff = { host: { diffKind: "update" }, "list[0].port": { diffKind: "add" } };
    const [change] = changesOf([
      step("update", deployment, "a", { detailedDiff, before: { host: "x" }, after }),
    ]).changes;
    assert.deepEqual(
      change?.properties.map(({ before, after: news }) => [before, news]),
      [
        ["x", "(known later)"],
        [undefined, "80"],
      ],
    );
  });

  it("cuts what is long", () => {
    const detailedDiff = { script: { diffKind: "update" } };
    const after = { script: "x".repeat(1000) };
    const [change] = changesOf([step("update", deployment, "a", { detailedDiff, after })]).changes;
    assert.equal(change?.properties[0]?.after, `${"x".repeat(79)}…`);
  });
});
