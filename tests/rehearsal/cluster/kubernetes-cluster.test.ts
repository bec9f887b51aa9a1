import { KubeConfig } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KubernetesCluster } from "../../../rehearsal/cluster/kubernetes-cluster.js";

const named = (namespace: string, name: string, annotations: Record<string, string> = {}) => ({
  metadata: { namespace, name, annotations },
});

/** What an API server lists, by its path. */
const lists: Record<string, object[]> = {
  "/apis/networking.k8s.io/v1/ingresses": [
    {
      ...named("journal", "journal", { "kubernetes.io/ingress.global-static-ip-name": "journal-ip" }),
      spec: { rules: [] },
    },
    {
      ...named("chat", "chat", { "alb.ingress.kubernetes.io/certificate-arn": "arn:a, arn:b,arn:c" }),
      spec: { rules: [] },
    },
  ],
  "/api/v1/services": [
    { ...named("chat", "page"), spec: { type: "LoadBalancer", ports: [], loadBalancerIP: "203.0.113.7" } },
    { ...named("chat", "inner"), spec: { type: "ClusterIP", ports: [], loadBalancerIP: "203.0.113.8" } },
  ],
  "/apis/networking.gke.io/v1beta1/frontendconfigs": [
    { ...named("journal", "modern"), spec: { sslPolicy: "modern-tls" } },
  ],
};

describe("rehearsal/cluster/kubernetes-cluster, asked who uses something of the cloud's", () => {
  let server: Server;
  let cluster: KubernetesCluster;
  let hasFrontendConfigs: boolean;

  beforeEach(async () => {
    hasFrontendConfigs = true;
    server = createServer(({ url = "" }, response) => {
      const items = hasFrontendConfigs || !url.includes("networking.gke.io") ? lists[url] : undefined;
      response.writeHead(items ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(items ? { items } : { code: 404 }));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const config = new KubeConfig();
    const inClear = { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    config.loadFromClusterAndUser(inClear, { name: "u" });
    const access = { name: "gke", address: `127.0.0.1:${port}`, authority: "", token: "" };
    cluster = new KubernetesCluster(access, config);
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it("names the Ingress that says it in an annotation, also in one that is a list", async () => {
    assert.deepEqual(await cluster.usersOf("journal-ip"), ["Ingress journal/journal"]);
    assert.deepEqual(await cluster.usersOf("arn:b"), ["Ingress chat/chat"]);
  });

  it("names the load balancer of a Service that stands on an address, and no other Service", async () => {
    assert.deepEqual(await cluster.usersOf("203.0.113.7"), ["Service chat/page"]);
    assert.deepEqual(await cluster.usersOf("203.0.113.8"), []);
  });

  it("names the FrontendConfig with a TLS policy", async () => {
    assert.deepEqual(await cluster.usersOf("modern-tls"), ["FrontendConfig modern"]);
  });

  it("names nobody for what nobody says, in a cluster without FrontendConfigs too", async () => {
    assert.deepEqual(await cluster.usersOf("journal"), []);
    hasFrontendConfigs = false;
    assert.deepEqual(await cluster.usersOf("modern-tls"), []);
  });
});
