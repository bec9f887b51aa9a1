import assert from "node:assert/strict";
import { type Registered, ofKind, only } from "../../support/program.js";
import { resourcesOf, runProgram, stackConfig } from "../../support/stacks.js";

const CHAT = "slipway:apps:Chat";
const page = { "app.kubernetes.io/name": "chat", "app.kubernetes.io/component": "client" };

const KINDS =
  /^(Ingress|Service|ManagedCertificate|FrontendConfig|BackendConfig|GlobalAddress|Address|RecordSet) /;

/** "Kind name" of what leads to the page. */
const waysIn = (resources: readonly Registered[]) =>
  resources
    .filter(({ name }) => /^chat(-client|-frontend|-certificate)?$/.test(name))
    .map(({ type, name }) => `${type.split(":").at(-1) ?? type} ${name}`)
    .filter((title) => KINDS.test(title))
    .sort();
const pageService = (resources: readonly Registered[]) =>
  only(resources, "kubernetes:core/v1:Service", "chat").inputs.spec;
const ingressOf = (resources: readonly Registered[]) =>
  only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "chat-client").inputs.spec.ingress;
const quotaOf = (resources: readonly Registered[]) =>
  only(resources, "kubernetes:core/v1:ResourceQuota", "chat").inputs.spec.hard;
const originsOf = (resources: readonly Registered[]) =>
  only(resources, "kubernetes:core/v1:ConfigMap", "chat-server-config").inputs.data.origins;

describe("infra/apps/chat-client", () => {
  describe("behind a load balancer, as in dev", () => {
    let resources: Registered[];
    before(async () => (resources = await resourcesOf("dev")));

    it("has a regional address, and no Ingress, certificate or global address for the page", () => {
      assert.deepEqual(waysIn(resources), ["Address chat", "Service chat", "Service chat-client"]);
      const entries = ofKind(resources, "Ingress").map(({ name }) => name);
      assert.deepEqual(entries.sort(), ["chat-server", "journal"]);
    });

    it("leads from port 80 of the address to the page's pods", () => {
      const { selector, type, loadBalancerIP, ports } = pageService(resources);
      assert.deepEqual([type, loadBalancerIP, selector], ["LoadBalancer", "203.0.113.20", page]);
      assert.deepEqual(ports, [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }]);
    });

    it("lets the world to the page's pods, whose packets keep their sender, and only to their port", () => {
      assert.deepEqual(ingressOf(resources), [
        { from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ protocol: "TCP", port: 8080 }] },
      ]);
    });

    it("has room in the namespace for this load balancer and its port, and for no other", () => {
      const { "services.loadbalancers": loadBalancers, "services.nodeports": ports } = quotaOf(resources);
      assert.deepEqual([loadBalancers, ports], ["1", "1"]);
    });

    it("is the one page that the server lets in, by its address without TLS", () => {
      assert.equal(originsOf(resources), "http://chat.dev.example.com");
    });
  });

  describe("behind an entry, as in prod", () => {
    let resources: Registered[];
    before(async () => (resources = await resourcesOf("prod")));

    it("has an Ingress with a certificate and a global address, and no load balancer of its own", () => {
      assert.deepEqual(waysIn(resources), [
        "BackendConfig chat-client",
        "FrontendConfig chat-frontend",
        "GlobalAddress chat",
        "Ingress chat",
        "ManagedCertificate chat-certificate",
        "RecordSet chat",
        "Service chat-client",
      ]);
    });

    it("lets nobody but the entry to the page, and no load balancer into the namespace", () => {
      assert.deepEqual(
        ingressOf(resources).map(({ from }: any) => from),
        [[{ ipBlock: { cidr: "130.211.0.0/22" } }, { ipBlock: { cidr: "35.191.0.0/16" } }]],
      );
      const { "services.loadbalancers": loadBalancers, "services.nodeports": ports } = quotaOf(resources);
      assert.deepEqual([loadBalancers, ports], ["0", "0"]);
      assert.equal(originsOf(resources), "https://chat.example.com");
    });
  });

  it("is behind an entry unless the stack file says something else", async () => {
    const config = stackConfig("dev");
    const chat = { ...config["slipway:chat"], client: undefined };
    const { resources, outputs } = await runProgram({ ...config, "slipway:chat": chat }, { stack: "dev" });
    assert.equal(outputs.urls.chat, "https://chat.dev.example.com");
    assert.equal(
      only(resources, "kubernetes:networking.k8s.io/v1:Ingress", "chat").parent.includes(CHAT),
      true,
    );
  });
});
