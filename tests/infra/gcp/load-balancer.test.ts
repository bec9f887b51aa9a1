import assert from "node:assert/strict";
import { GceLoadBalancer, type GceLoadBalancerArgs } from "../../../infra/gcp/load-balancer.js";
import { type Registered, only, record, valueOf } from "../../support/program.js";
import { Google, listOf } from "./google.js";

const SERVICE = "kubernetes:core/v1:Service";
const ADDRESS = "gcp:compute/address:Address";
const selector = { "app.kubernetes.io/name": "chat", "app.kubernetes.io/component": "client" };

describe("infra/gcp/load-balancer", () => {
  let loadBalancer: GceLoadBalancer;
  let resources: Registered[];
  const run = (own: Partial<GceLoadBalancerArgs> = {}) =>
    record(() => {
      const host = "chat.example.com";
      const where = { project: "acme-dev", region: "europe-west1", namespace: "chat", host };
      const args = { ...where, labels: { app: "client" }, selector, targetPort: "http" };
      loadBalancer = new GceLoadBalancer("chat-client", { ...args, ...own }, new Google().opts);
    });
  before(async () => (resources = await run()));

  it("is a Service with an address of its own in the region of the cluster", async () => {
    assert.deepEqual(listOf(resources), ["address:Address chat-client", "v1:Service chat-client"]);
    assert.deepEqual(only(resources, ADDRESS, "chat-client").inputs, {
      project: "acme-dev",
      region: "europe-west1",
      labels: { "part-of": "slipway", stack: "test", "managed-by": "pulumi" },
    });
    assert.deepEqual(only(resources, SERVICE, "chat-client").inputs.spec, {
      type: "LoadBalancer",
      loadBalancerIP: "203.0.113.20",
      externalTrafficPolicy: "Local",
      selector,
      ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
    });
    assert.equal(await valueOf(loadBalancer.address), "203.0.113.20");
  });

  it("is made without being waited for, and waited for when it goes, so that its address is free", () => {
    const { inputs, timeouts, dependencies } = only(resources, SERVICE, "chat-client");
    assert.deepEqual(inputs.metadata.annotations, {
      "pulumi.com/skipAwait": "true",
      "cloud.google.com/l4-rbs": "enabled",
    });
    assert.equal(timeouts.delete, "20m");
    assert.ok(dependencies.includes(only(resources, ADDRESS, "chat-client").urn));
  });

  it("is asked for by its host without TLS, under the domain unless it has a name of its own", async () => {
    assert.equal(loadBalancer.url, "http://chat.example.com");
    await run({ host: undefined, domain: "example.org" });
    assert.equal(loadBalancer.url, "http://chat-client.example.org");
  });

  it("takes another port, which is part of its address", async () => {
    const { ports } = only(await run({ port: 8080 }), SERVICE, "chat-client").inputs.spec;
    assert.equal(ports[0].port, 8080);
    assert.equal(loadBalancer.url, "http://chat.example.com:8080");
  });

  it("makes the record of its host when there is a zone for it, and else leaves it to you", async () => {
    const own = await run({ dnsZone: "example-com" });
    const { inputs } = only(own, "gcp:dns/recordSet:RecordSet", "chat-client");
    assert.deepEqual([inputs.name, inputs.rrdatas], ["chat.example.com.", ["203.0.113.20"]]);
    assert.deepEqual(listOf(await run()), ["address:Address chat-client", "v1:Service chat-client"]);
  });

  it("keeps the senders' addresses, so pods have to let in everybody", () => {
    assert.deepEqual(loadBalancer.peers, [{ ipBlock: { cidr: "0.0.0.0/0" } }]);
  });
});
