import assert from "node:assert/strict";
import { only } from "../../support/program.js";
import { resourcesOf } from "../../support/stacks.js";
import { chat, configOf, deploymentOf, podOf } from "./chat-app.js";

describe("infra/apps/chat-server", () => {
  it("lets a server take as many connections as its memory holds, of a hundred KiB each", async () => {
    const limit = async (memory?: string) => {
      const [server] = podOf(
        await chat({ server: memory ? { resources: { memory } } : {} }),
        "server",
      ).containers;
      return server.env.find(({ name }: any) => name === "CHAT_MAX_CONNECTIONS").value;
    };

    assert.deepEqual(
      [await limit(), await limit("384Mi"), await limit("1Gi"), await limit("200Mi")],
      ["2293", "2293", "8847", "409"],
    );
  });

  it("keeps a browser on one server, for a websocket of a day", async () => {
    const { annotations } = only(await chat(), "kubernetes:core/v1:Service", "chat-server").inputs.metadata;
    const cookie = "traefik.ingress.kubernetes.io/service.sticky.cookie";

    assert.deepEqual(
      [annotations[cookie], annotations[`${cookie}.samesite`], annotations[`${cookie}.secure`]],
      ["true", "none", "true"],
    );
  });

  it("keeps a browser on one server on Google Cloud too, which asks the server itself whether it is ready", async () => {
    const name = "kubernetes:cloud.google.com/v1:BackendConfig";
    const { timeoutSec, sessionAffinity, healthCheck } = only(await resourcesOf("prod"), name, "chat-server")
      .inputs.spec;

    assert.ok(timeoutSec >= 3600, `a websocket ends after ${timeoutSec} s`);
    assert.deepEqual(sessionAffinity, { affinityType: "GENERATED_COOKIE" });
    assert.deepEqual([healthCheck.requestPath, healthCheck.port], ["/readyz", 8080]);
  });

  it("keeps a browser on one server by its address where its page, without TLS, is another site", async () => {
    const name = "kubernetes:cloud.google.com/v1:BackendConfig";
    const { sessionAffinity } = only(await resourcesOf("dev"), name, "chat-server").inputs.spec;

    assert.deepEqual(sessionAffinity, { affinityType: "CLIENT_IP" });
  });

  it("puts one server of a version on a node, and leaves their number to the autoscaler", async () => {
    const resources = await chat({ server: { replicas: 3, maxReplicas: 5 } });
    const { spec } = deploymentOf(resources, "server");
    const autoscaler = only(resources, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "chat-server")
      .inputs.spec;

    assert.equal("replicas" in spec, false);
    assert.deepEqual(
      [autoscaler.minReplicas, autoscaler.maxReplicas, autoscaler.scaleTargetRef],
      [3, 5, { apiVersion: "apps/v1", kind: "Deployment", name: "server" }],
    );
    assert.deepEqual(spec.template.spec.affinity.podAntiAffinity, {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: "kubernetes.io/hostname",
          labelSelector: spec.selector,
          matchLabelKeys: ["pod-template-hash"],
        },
      ],
    });
  });

  it("leaves a server the time to let clients in, send them away and end", async () => {
    const resources = await chat();
    const { drainDelaySec, drainSpreadSec } = configOf(resources);

    assert.ok(
      podOf(resources, "server").terminationGracePeriodSeconds >=
        Number(drainDelaySec) + Number(drainSpreadSec) + 15,
    );
  });
});
