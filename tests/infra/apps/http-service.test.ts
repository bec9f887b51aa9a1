import assert from "node:assert/strict";
import { HttpService, type HttpServiceArgs } from "../../../infra/apps/http-service.js";
import { httpContainer } from "../../../infra/k8s/container.js";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { type Registered, only, record } from "../../support/program.js";

const container = httpContainer({
  name: "client",
  image: "registry.example/client:v1.0.0-0000000",
  imagePullPolicy: "Always",
  port: 3000,
  resources: { cpu: "100m", memory: "64Mi", ephemeralStorage: "32Mi" },
});

/** Every resource of one service, without the cluster that it is on. */
async function client(change: Partial<HttpServiceArgs> = {}): Promise<Registered[]> {
  const resources = await record(() => {
    const cluster = new LocalCluster("local", { kubeconfig: "/kubeconfig", images: {} });
    new HttpService("chat-client", { ...args(cluster), ...change });
  });
  return resources.filter(({ name }) => name !== "local");
}

function args(cluster: LocalCluster): HttpServiceArgs {
  return {
    app: "chat",
    component: "client",
    cluster,
    namespace: "chat",
    container,
    port: 3000,
    servicePort: 80,
    replicas: 2,
    terminationGracePeriodSeconds: 30,
    backend: { healthPath: "/readyz" },
  };
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

  it("tells the cloud by annotations of the Service how to treat it, and the engine not to wait for it", async () => {
    const annotationsOf = async (sticky?: boolean) => {
      const resources = await client({ backend: { healthPath: "/readyz", sticky } });
      return only(resources, "kubernetes:core/v1:Service", "chat-client").inputs.metadata.annotations;
    };
    assert.deepEqual(await annotationsOf(), { "pulumi.com/skipAwait": "true" });
    assert.deepEqual(await annotationsOf(true), {
      "pulumi.com/skipAwait": "true",
      "traefik.ingress.kubernetes.io/service.sticky.cookie": "true",
      "traefik.ingress.kubernetes.io/service.sticky.cookie.name": "chat-client-backend",
      "traefik.ingress.kubernetes.io/service.sticky.cookie.httponly": "true",
      "traefik.ingress.kubernetes.io/service.sticky.cookie.samesite": "none",
      "traefik.ingress.kubernetes.io/service.sticky.cookie.secure": "true",
    });
  });

  it("lets in callers of the cluster's own, and no entry where none leads to it", async () => {
    const callers = [{ namespaceSelector: { matchLabels: { team: "a" } } }];
    const resources = await client({ backend: undefined, callers });
    const { spec } = only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "chat-client").inputs;
    assert.deepEqual(spec.ingress[0].from, callers);
  });

  it("starts what must stand beside it first, as containers that stay", async () => {
    const proxy = { name: "proxy", restartPolicy: "Always" };
    const specOf = async (change: Partial<HttpServiceArgs>) =>
      only(await client(change), "kubernetes:apps/v1:Deployment", "chat-client").inputs.spec.template.spec;
    assert.deepEqual((await specOf({ nativeSidecars: [proxy] })).initContainers, [proxy]);
    assert.equal("initContainers" in (await specOf({})), false);
  });

  it("ends the old pods first where there may not be two, and last everywhere else", async () => {
    const strategyOf = async (change: Partial<HttpServiceArgs>) =>
      only(await client(change), "kubernetes:apps/v1:Deployment", "chat-client").inputs.spec.strategy;
    assert.deepEqual(await strategyOf({ recreate: true }), { type: "Recreate" });
    assert.deepEqual(await strategyOf({}), {
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  it("lets in nobody but the cluster's entries", async () => {
    const { spec } = only(
      await client(),
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "chat-client",
    ).inputs;
    const [{ from, ports }] = spec.ingress;
    assert.equal(from[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"], "ingress");
    assert.deepEqual(ports, [{ protocol: "TCP", port: 3000 }]);
  });
});
