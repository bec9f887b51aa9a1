import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { isSecret, ofKind, only, type Registered, reveal } from "../../support/program.js";
import { chat, configOf, deploymentOf, podOf } from "./chat-app.js";

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
