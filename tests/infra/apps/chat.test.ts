import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Chat, type ChatArgs } from "../../../infra/apps/chat.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { imageNames } from "../../../infra/platform.js";
import { isSecret, ofKind, only, record, type Registered, reveal } from "../../support/program.js";
import { resourcesOf } from "../../support/stacks.js";

const images = Object.fromEntries(imageNames.map((name) => [name, `slipway.local/${name}:v1.0.0-0000000`]));

/** Every resource of one chat, without the cluster that it is on. */
async function chat(change: Partial<ChatArgs> = {}): Promise<Registered[]> {
  const resources = await record(() => {
    const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images });
    new Chat("chat", { cluster, ...change });
  });
  return resources.filter(({ name }) => name !== "local");
}

const deploymentOf = (resources: Registered[], component: string) =>
  only(resources, "kubernetes:apps/v1:Deployment", `chat-${component}`).inputs;
const podOf = (resources: Registered[], component: string) =>
  deploymentOf(resources, component).spec.template.spec;
const configOf = (resources: Registered[]) =>
  only(resources, "kubernetes:core/v1:ConfigMap", "chat-server-config").inputs.data;
const policyOf = (resources: Registered[], name: string) =>
  only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", name).inputs.spec;
const ingressOf = (resources: Registered[], name: string) =>
  only(resources, "kubernetes:networking.k8s.io/v1:Ingress", name).inputs.spec.rules;
const selector = (component: string) => ({
  "app.kubernetes.io/name": "chat",
  "app.kubernetes.io/component": component,
});

describe("infra/apps/chat", () => {
  it("is a page, a server that scales, Redis and MongoDB, all in a namespace of its own", async () => {
    const resources = await chat();
    const workloads = ["Deployment", "StatefulSet", "HorizontalPodAutoscaler", "Ingress"].flatMap((kind) =>
      ofKind(resources, kind).map(({ name }) => `${kind} ${name}`),
    );

    assert.deepEqual(workloads.sort(), [
      "Deployment chat-client",
      "Deployment chat-server",
      "HorizontalPodAutoscaler chat-server",
      "Ingress chat",
      "Ingress chat-server",
      "StatefulSet chat-mongodb",
      "StatefulSet chat-redis",
    ]);
    const namespaces = resources
      .filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith(":Namespace"))
      .map(({ inputs }) => inputs.metadata.namespace);
    assert.deepEqual([...new Set(namespaces)], ["chat"]);
  });

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

  it("gives page and server a host each, and shows the world nothing of the server but Socket.io", async () => {
    const resources = await chat();

    assert.deepEqual(
      ["chat", "chat-server"].flatMap((name) =>
        ingressOf(resources, name).map(({ host, http }: any) => [
          host,
          http.paths.map(({ path, backend }: any) => [
            path,
            backend.service.name,
            backend.service.port.number,
          ]),
        ]),
      ),
      [
        ["chat.localhost", [["/", "client", 80]]],
        ["chat-server.localhost", [["/socket.io", "server", 8080]]],
      ],
    );
  });

  it("stops the page's server only when nobody sends it requests any more", async () => {
    const { containers, terminationGracePeriodSeconds } = podOf(await chat(), "client");
    assert.deepEqual(containers[0].lifecycle, { preStop: { sleep: { seconds: 5 } } });
    assert.equal(terminationGracePeriodSeconds, 30);
  });

  it("tells the page the server's address, and the server the page's", async () => {
    const given = await chat();
    const named = await chat({ host: "talk.example.org", serverHost: "io.example.org" });
    const serverUrl = (resources: Registered[]) =>
      podOf(resources, "client").containers[0].env.find(({ name }: any) => name === "CHAT_SERVER_URL").value;

    assert.deepEqual(
      [given, named].map((resources) => [serverUrl(resources), configOf(resources).origins]),
      [
        ["https://chat-server.localhost:8443", "https://chat.localhost:8443"],
        ["https://io.example.org:8443", "https://talk.example.org:8443"],
      ],
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

  it("defaults to two to three servers, two pages, ten requests a second and the log level info", async () => {
    const resources = await chat();
    const [autoscaler] = ofKind(resources, "HorizontalPodAutoscaler");

    assert.deepEqual([autoscaler?.inputs.spec.minReplicas, autoscaler?.inputs.spec.maxReplicas], [2, 3]);
    assert.equal(deploymentOf(resources, "client").spec.replicas, 2);
    assert.deepEqual([configOf(resources).requestsPerSec, configOf(resources).logLevel], ["10", "info"]);
    assert.deepEqual(
      ["server", "client"].map((component) => podOf(resources, component).containers[0].resources.limits),
      [
        { cpu: "500m", memory: "384Mi", "ephemeral-storage": "64Mi" },
        { cpu: "100m", memory: "64Mi", "ephemeral-storage": "32Mi" },
      ],
    );
  });

  it("keeps MongoDB's address and the password in Secrets, which only the server mounts", async () => {
    const resources = await chat();
    const secret = only(resources, "kubernetes:core/v1:Secret", "chat-mongodb-uri").inputs;

    assert.equal(isSecret(secret.stringData), true);
    assert.deepEqual(reveal(secret.stringData), { uri: "mongodb://mongodb-0.mongodb.chat.svc:27017/chat" });
    assert.equal(JSON.stringify(configOf(resources)).includes("mongodb://"), false);
    const mounted = podOf(resources, "server").volumes.map(({ secret: { secretName, defaultMode } }: any) => [
      /^chat-(redis|mongodb-uri)-[0-9a-f]{8}$/.test(secretName),
      defaultMode,
    ]);
    assert.deepEqual(mounted, [
      [true, 0o440],
      [true, 0o440],
    ]);
    assert.deepEqual(podOf(resources, "client").volumes, [{ name: "tmp", emptyDir: { sizeLimit: "8Mi" } }]);
  });

  it("lets the server call Redis, the Sentinels and MongoDB, and the page nobody", async () => {
    const resources = await chat();
    const calls = (name: string) =>
      policyOf(resources, name).egress.map(({ to, ports }: any) => [
        to[0].podSelector.matchLabels,
        ports[0].port,
      ]);

    assert.deepEqual(calls("chat-server"), [
      [selector("redis"), 6379],
      [selector("redis"), 26379],
      [selector("mongodb"), 27017],
    ]);
    assert.deepEqual(calls("chat-client"), []);
    assert.deepEqual(policyOf(resources, "chat-mongodb").ingress, [
      {
        from: [{ podSelector: { matchLabels: selector("server") } }],
        ports: [{ protocol: "TCP", port: 27017 }],
      },
    ]);
  });

  it("may do in Redis what the streams adapter does, on its own stream and channels, and nothing else", async () => {
    const { data } = only(await chat(), "kubernetes:core/v1:ConfigMap", "chat-redis-config").inputs;

    assert.equal(
      data["users.acl"].split("\n")[0],
      "app ~chat:servers &chat:servers#* -@all +xadd +xread +publish +subscribe +ping +info +client|setname",
    );
  });

  it("leaves a server the time to let clients in, send them away and end", async () => {
    const resources = await chat();
    const { drainDelaySec, drainSpreadSec } = configOf(resources);

    assert.ok(
      podOf(resources, "server").terminationGracePeriodSeconds >=
        Number(drainDelaySec) + Number(drainSpreadSec) + 15,
    );
  });

  it("has a quota for all pods that the autoscaler may want, and MongoDB's", async () => {
    const { hard } = only(await chat(), "kubernetes:core/v1:ResourceQuota", "chat").inputs.spec;

    // Of three servers and two pages twice and one more for a rollout, three Redis pods and one MongoDB.
    assert.equal(hard.pods, String(7 + 5 + 3 + 1));
  });

  it("refuses a MongoDB of somebody's on the local cluster, which runs its own", async () => {
    await assert.rejects(
      chat({ mongoUri: pulumi.secret("mongodb://a/b") }),
      /expected none, since the local cluster runs a MongoDB for "chat" itself, got one/,
    );
  });
});
