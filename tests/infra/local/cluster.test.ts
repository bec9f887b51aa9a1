import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { LocalCluster } from "../../../infra/local/cluster.js";
import type { Identity } from "../../../infra/platform.js";
import { only, record, valueOf } from "../../support/program.js";
import { waitsFor } from "../gcp/google.js";

describe("infra/local/cluster", () => {
  it("takes images from the nodes' own stores, because there is no registry", async () => {
    await record(() => {
      const cluster = new LocalCluster("local", { kubeconfig: "/k", images: { redis: "redis@sha256:0" } });
      assert.equal(cluster.imagePullPolicy, "IfNotPresent");
      assert.equal(cluster.image("redis"), "redis@sha256:0");
    });
  });

  it("puts volumes on the nodes, and lets in what comes from Traefik", async () => {
    await record(() => {
      const cluster = new LocalCluster("local", { kubeconfig: "/k", images: {} });
      assert.equal(cluster.storageClassName, "local-path");
      assert.deepEqual(cluster.entryPeers, [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } },
          podSelector: { matchLabels: { "app.kubernetes.io/name": "traefik" } },
        },
      ]);
    });
  });

  it("knows pods by their service account, and whoever names one that was made waits for it", async () => {
    let known: Identity | undefined;
    let made: Identity | undefined;
    const resources = await record(() => {
      const cluster = new LocalCluster("local", { kubeconfig: "/k", images: {} });
      const account = { namespace: "chat", name: "server" };
      known = cluster.identityOf(account);
      made = cluster.createIdentity("chat-server", { ...account, labels: {} }, { parent: cluster });
    });
    const { inputs } = only(resources, "kubernetes:core/v1:ServiceAccount", "chat-server");
    assert.deepEqual([inputs.metadata.namespace, inputs.metadata.name], ["chat", "server"]);
    assert.equal(inputs.automountServiceAccountToken, false);
    assert.deepEqual(known, { serviceAccountName: "server" });
    assert.deepEqual(await valueOf(pulumi.output(made)), known);
    const name = pulumi.output(made?.serviceAccountName);
    assert.deepEqual(await waitsFor(name), ["v1:ServiceAccount chat-server"]);
  });

  it("offers no load balancer, and says where there is one", async () => {
    await record(() => {
      const cluster = new LocalCluster("local", { kubeconfig: "/k", images: {} });
      assert.throws(() => cluster.createLoadBalancer("chat"), {
        reason:
          'expected a cluster that offers a load balancer for "chat", got local: only gke has one; place the app there, or give it an entry',
      });
    });
  });

  it("answers on 8443 unless it is told otherwise", async () => {
    const urlOf = async (httpsPort?: number) => {
      let url = "";
      await record(() => {
        const cluster = new LocalCluster("local", { kubeconfig: "/k", httpsPort, images: {} });
        url = cluster.createEntry("journal", { namespace: "journal", routes: [] }, { parent: cluster }).url;
      });
      return url;
    };
    assert.equal(await urlOf(), "https://journal.localhost:8443");
    assert.equal(await urlOf(9443), "https://journal.localhost:9443");
    assert.equal(await urlOf(443), "https://journal.localhost");
  });
});
