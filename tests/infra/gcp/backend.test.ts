import assert from "node:assert/strict";
import { GceBackend } from "../../../infra/gcp/backend.js";
import type { BackendArgs } from "../../../infra/platform.js";
import { only, record, valueOf } from "../../support/program.js";
import { listOf, waitsFor } from "./google.js";

const BACKEND_CONFIG = "kubernetes:cloud.google.com/v1:BackendConfig";

describe("infra/gcp/backend", () => {
  let backend: GceBackend;
  const run = (args: Partial<BackendArgs> = {}) =>
    record(() => {
      const common = { namespace: "journal", healthPath: "/readyz", healthPort: 8080 };
      backend = new GceBackend("journal-frontend", { ...common, ...args });
    });
  const spec = async (args?: Partial<BackendArgs>) =>
    only(await run(args), BACKEND_CONFIG, "journal-frontend").inputs.spec;

  it("defaults to thirty seconds, a minute to drain, and any pod", async () => {
    const resources = await run();
    assert.deepEqual(listOf(resources), ["v1:BackendConfig journal-frontend"]);
    const {
      apiVersion,
      kind,
      metadata,
      spec: own,
    } = only(resources, BACKEND_CONFIG, "journal-frontend").inputs;
    assert.deepEqual(
      [apiVersion, kind, metadata.name, metadata.namespace],
      ["cloud.google.com/v1", "BackendConfig", "journal-frontend", "journal"],
    );
    assert.deepEqual(own, {
      timeoutSec: 30,
      connectionDraining: { drainingTimeoutSec: 60 },
      sessionAffinity: { affinityType: "NONE" },
      healthCheck: {
        type: "HTTP",
        requestPath: "/readyz",
        port: 8080,
        checkIntervalSec: 5,
        timeoutSec: 3,
        healthyThreshold: 1,
        unhealthyThreshold: 2,
      },
    });
  });

  it("leaves a websocket open for hours when it is told so, far beyond Google's thirty seconds", async () => {
    assert.equal((await spec({ timeoutSec: 43_200 })).timeoutSec, 43_200);
  });

  it("takes another time to drain, and keeps a browser at its pod by a cookie", async () => {
    const { connectionDraining, sessionAffinity } = await spec({ drainTimeoutSec: 300, sticky: true });
    assert.deepEqual(connectionDraining, { drainingTimeoutSec: 300 });
    assert.deepEqual(sessionAffinity, { affinityType: "GENERATED_COOKIE" });
  });

  it("keeps a browser at its pod by its address, where the pages that call it may get no cookies", async () => {
    const affinityOf = async (args: Partial<BackendArgs>) => (await spec(args)).sessionAffinity.affinityType;
    assert.equal(await affinityOf({ sticky: true, crossSite: true }), "CLIENT_IP");
    assert.equal(await affinityOf({ crossSite: true }), "NONE");
  });

  it("is asked for by the Service, where GKE looks, which waits for it", async () => {
    await run();
    assert.deepEqual(await valueOf(backend.annotations), {
      "cloud.google.com/backend-config": '{"default":"journal-frontend"}',
      "cloud.google.com/neg": '{"ingress":true}',
    });
    assert.deepEqual(await waitsFor(backend.annotations), ["v1:BackendConfig journal-frontend"]);
  });
});
