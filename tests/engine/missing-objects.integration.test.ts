import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type * as MissingObjects from "../../engine/missing-objects.js";
import { Checkout } from "../support/checkout.js";

const object = (kind: string, name: string, uid: string) => ({
  urn: `urn:${name}`,
  type: `kubernetes:core/v1:${kind}`,
  outputs: { apiVersion: "v1", kind, metadata: { name, namespace: "journal", uid } },
});

const state = [
  { urn: "urn:stack", type: "pulumi:pulumi:Stack" },
  { urn: "urn:password", type: "random:index/randomPassword:RandomPassword", outputs: {} },
  object("Service", "frontend", "uid-1"),
  object("Secret", "redis", "uid-2"),
  object("ConfigMap", "redis", "uid-3"),
];
const cluster = { kubeconfig: "/home/somebody's/config", context: "test" };

describe("engine/missing-objects", () => {
  let checkout: Checkout;
  let missingObjects: typeof MissingObjects.missingObjects;
  before(async () => {
    checkout = new Checkout();
    ({ missingObjects } = await checkout.load<typeof MissingObjects>("engine/missing-objects"));
  });
  after(() => {
    checkout.remove();
  });

  const answer = (...rows: string[]) => {
    const script = `printf '%s\\n' "$@" > '${checkout.path("flags")}'; cat > '${checkout.path("asked")}'`;
    checkout.fakeProgram("kubectl", `${script}\ncat <<'END'\n${rows.join("\n")}\nEND`);
  };

  it("finds nothing missing when the cluster has every object of the state", async () => {
    answer("uid-3   <none>", "uid-1   <none>", "uid-2   <none>");
    assert.deepEqual(await missingObjects(state, cluster), []);
  });

  it("asks that cluster by kind and name, for the Kubernetes objects alone", async () => {
    answer("uid-3   <none>", "uid-1   <none>", "uid-2   <none>");
    await missingObjects(state, cluster);
    const { items } = JSON.parse(readFileSync(checkout.path("asked"), "utf8"));
    assert.deepEqual(
      items.map(({ apiVersion, kind, metadata }: any) => [apiVersion, kind, metadata]),
      [
        ["v1", "Service", { name: "frontend", namespace: "journal" }],
        ["v1", "Secret", { name: "redis", namespace: "journal" }],
        ["v1", "ConfigMap", { name: "redis", namespace: "journal" }],
      ],
    );
    const flags = readFileSync(checkout.path("flags"), "utf8").split("\n");
    assert.ok(flags.includes(`--kubeconfig=${cluster.kubeconfig}`));
    assert.ok(flags.includes("--context=test"));
  });

  it("names what was deleted, and what somebody made again by another hand", async () => {
    answer("uid-9   <none>", "uid-2   <none>");
    assert.deepEqual(await missingObjects(state, cluster), ["urn:frontend", "urn:redis"]);
  });

  it("waits until what was told to go has gone", async () => {
    const once = checkout.path("once");
    const rows = "uid-2   <none>\nuid-3   <none>";
    checkout.fakeProgram(
      "kubectl",
      `cat > /dev/null; echo '${rows}'; [ -e '${once}' ] || { touch '${once}'; echo 'uid-1   2026-01-01T00:00:00Z'; }`,
    );
    assert.deepEqual(await missingObjects(state, cluster), ["urn:frontend"]);
  });

  it("asks nothing when there is no object in the state, and fails when the cluster does not answer", async () => {
    checkout.fakeProgram("kubectl", "echo 'connection refused' >&2; exit 1");
    assert.deepEqual(await missingObjects(state.slice(0, 2), cluster), []);
    await assert.rejects(missingObjects(state, cluster), /connection refused/);
  });
});
