import assert from "node:assert/strict";
import { LocalCluster } from "../../../infra/local/cluster.js";
import { only, record, type Registered } from "../../support/program.js";

async function ferretDb(): Promise<Registered[]> {
  return record(() => {
    const images = { ferretdb: "slipway.local/ferretdb@sha256:0" };
    const cluster = new LocalCluster("local", { kubeconfig: "/k", images });
    const clients = [{ "app.kubernetes.io/name": "chat", "app.kubernetes.io/component": "server" }];
    cluster.createMongoDb("chat-mongodb", { app: "chat", namespace: "chat", clients }, { parent: cluster });
  });
}

describe("infra/local/ferret-db", () => {
  it("registers these resources and no others", async () => {
    assert.deepEqual(
      (await ferretDb())
        .filter(({ name }) => name !== "local")
        .map(({ type }) => type.split(":").at(-1))
        .sort(),
      ["FerretDb", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount", "StatefulSet"],
    );
  });

  it("keeps the data on a volume of a gibibyte that outlives the pod and the set", async () => {
    const { spec } = only(await ferretDb(), "kubernetes:apps/v1:StatefulSet", "chat-mongodb").inputs;
    const [claim] = spec.volumeClaimTemplates;
    const [container] = spec.template.spec.containers;

    assert.deepEqual(
      [claim.spec.storageClassName, claim.spec.resources.requests.storage, container.volumeMounts],
      ["local-path", "1Gi", [{ name: "data", mountPath: "/data" }]],
    );
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, {
      whenDeleted: "Retain",
      whenScaled: "Retain",
    });
    assert.equal(spec.replicas, 1);
  });

  it("lets in its clients on MongoDB's port, and calls nobody", async () => {
    const resources = await ferretDb();
    const { spec } = only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "chat-mongodb").inputs;
    const service = only(resources, "kubernetes:core/v1:Service", "chat-mongodb").inputs;
    const workload = only(resources, "kubernetes:apps/v1:StatefulSet", "chat-mongodb").inputs;

    assert.deepEqual(
      spec.ingress.map(({ ports }: any) => ports),
      [[{ protocol: "TCP", port: 27017 }]],
    );
    assert.deepEqual(spec.egress, []);
    assert.deepEqual([service.spec.clusterIP, workload.spec.serviceName], ["None", service.metadata.name]);
  });
});
