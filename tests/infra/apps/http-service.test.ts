import assert from "node:assert/strict";
import { HttpService, type HttpServiceArgs } from "../../../infra/apps/http-service.js";
import { httpContainer } from "../../../infra/k8s/container.js";
import { type Registered, only, record } from "../../support/program.js";

const container = httpContainer({
  name: "client",
  image: "registry.example/client:v1.0.0-0000000",
  imagePullPolicy: "Always",
  port: 3000,
  resources: { cpu: "100m", memory: "64Mi", ephemeralStorage: "32Mi" },
});

function client(change: Partial<HttpServiceArgs> = {}): Promise<Registered[]> {
  const args: HttpServiceArgs = {
    app: "chat",
    component: "client",
    namespace: "chat",
    container,
    port: 3000,
    servicePort: 80,
    replicas: 2,
    terminationGracePeriodSeconds: 30,
    callers: [],
    ...change,
  };
  return record(() => new HttpService("chat-client", args));
}

describe("infra/apps/http-service", () => {
  it("names its objects by the component, under the namespace of the app", async () => {
    const named = (await client())
      .slice(1)
      .map(({ inputs }) => [inputs.metadata.namespace, inputs.metadata.name]);
    assert.deepEqual(named, Array(5).fill(["chat", "client"]));
  });

  it("offers the Service's port and leads it to the container's", async () => {
    const { spec } = only(await client(), "kubernetes:core/v1:Service", "chat-client").inputs;
    assert.deepEqual(spec.ports, [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }]);
  });

  it("defaults to calling nobody and to having no volumes", async () => {
    const resources = await client();
    assert.deepEqual(
      only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "chat-client").inputs.spec.egress,
      [],
    );
    assert.deepEqual(
      only(resources, "kubernetes:apps/v1:Deployment", "chat-client").inputs.spec.template.spec.volumes,
      [],
    );
  });

  it("lets one pod be evicted at a time", async () => {
    const { spec } = only(await client(), "kubernetes:policy/v1:PodDisruptionBudget", "chat-client").inputs;
    assert.equal(spec.maxUnavailable, 1);
  });

  it("runs as an account of its own, without a token", async () => {
    const resources = await client();
    const account = only(resources, "kubernetes:core/v1:ServiceAccount", "chat-client").inputs;
    const { spec } = only(resources, "kubernetes:apps/v1:Deployment", "chat-client").inputs.spec.template;
    assert.equal(account.automountServiceAccountToken, false);
    assert.equal(spec.serviceAccountName, account.metadata.name);
  });
});
