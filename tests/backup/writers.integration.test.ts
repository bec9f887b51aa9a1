import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { Deployment } from "../../backup/cluster.js";
import type * as Writers from "../../backup/writers.js";
import { Checkout } from "../support/checkout.js";

const NOTE = "slipway/replicas-before-restore";

const deployment = (name: string, replicas: number, note?: string): Deployment => ({
  metadata: { namespace: "shop", name, ...(note !== undefined && { annotations: { [NOTE]: note } }) },
  spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: {} } } },
});

describe("backup/writers", () => {
  let checkout: Checkout;
  let writers: typeof Writers;
  beforeEach(async () => {
    checkout = new Checkout();
    writers = await checkout.load<typeof Writers>("backup/writers");
    // Its pods are gone when they have been asked for twice.
    checkout.fakeProgram(
      "kubectl",
      `echo "$*" >>"${checkout.path("asked")}"
case "$*" in *" get pods "*) [ "$(grep -c "get pods" "${checkout.path("asked")}")" -gt 1 ] || echo pod/web-1 ;; esac`,
    );
  });
  afterEach(() => {
    checkout.remove();
  });

  const asked = () =>
    existsSync(checkout.path("asked")) ? readFileSync(checkout.path("asked"), "utf8").trim().split("\n") : [];

  /** What was changed: the Deployment, and how. */
  const patches = () =>
    asked().flatMap((line) => {
      const [, name, patch = ""] =
        / patch deployment (\S+) -n shop --type=merge --patch (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, JSON.parse(patch) as unknown]];
    });

  it("are stopped by one request each, which also notes how many they were", async () => {
    await writers.stopWriters([deployment("web", 3)], () => undefined);
    assert.deepEqual(patches(), [
      ["web", { metadata: { annotations: { [NOTE]: "3" } }, spec: { replicas: 0 } }],
    ]);
  });

  it("are waited for until the last pod is gone", async () => {
    const told: string[] = [];
    await writers.stopWriters([deployment("web", 3)], (line) => told.push(line));
    assert.deepEqual(told, ["shop/web: 1 pods"]);
    assert.deepEqual(asked().filter((line) => line.includes("get pods")).length, 2);
    assert.match(asked().at(-1) ?? "", / get pods -n shop -l app=web -o name$/);
  });

  it("keep the number that was noted first when they are stopped again", async () => {
    await writers.stopWriters([deployment("web", 0, "3")], () => undefined);
    assert.deepEqual(patches(), []);
  });

  it("that somebody has started meanwhile are stopped again, with the number that they have now", async () => {
    await writers.stopWriters([deployment("web", 2, "3")], () => undefined);
    assert.deepEqual(patches(), [
      ["web", { metadata: { annotations: { [NOTE]: "2" } }, spec: { replicas: 0 } }],
    ]);
  });

  it("get their pods back and lose the note in one request, and no other Deployment is touched", async () => {
    const deployments = [deployment("web", 0, "3"), deployment("page", 2), deployment("off", 0)];
    await writers.startWriters({ deployments });
    assert.deepEqual(patches(), [
      ["web", { metadata: { annotations: { [NOTE]: null } }, spec: { replicas: 3 } }],
    ]);
  });
});
