import assert from "node:assert/strict";
import { NodeIdentity } from "../../../infra/gcp/node-identity.js";
import { only, record, valueOf } from "../../support/program.js";
import { Google, listOf, waitsFor } from "./google.js";

describe("infra/gcp/node-identity", () => {
  let nodes: NodeIdentity;
  const run = () =>
    record(
      () => {
        nodes = new NodeIdentity("nodes", { project: "acme-dev" }, new Google().opts);
      },
      { stack: "dev" },
    );

  it("is a service account of the nodes' own, not the project's default one", async () => {
    const resources = await run();
    assert.deepEqual(listOf(resources), ["account:Account nodes", "iAMMember:IAMMember nodes"]);
    assert.deepEqual(only(resources, "gcp:serviceaccount/account:Account", "nodes").inputs, {
      project: "acme-dev",
      accountId: "dev-gke-nodes",
      displayName: "Nodes of the GKE cluster",
    });
    assert.equal(
      await valueOf(nodes.member),
      "serviceAccount:dev-gke-nodes@acme-dev.iam.gserviceaccount.com",
    );
    assert.equal(
      await valueOf(nodes.serviceAccountId),
      "projects/acme-dev/serviceAccounts/dev-gke-nodes@acme-dev.iam.gserviceaccount.com",
    );
  });

  it("may write logs and metrics, and nothing else", async () => {
    const resources = await run();
    assert.deepEqual(only(resources, "gcp:projects/iAMMember:IAMMember", "nodes").inputs, {
      project: "acme-dev",
      role: "roles/container.defaultNodeServiceAccount",
      member: "serviceAccount:dev-gke-nodes@acme-dev.iam.gserviceaccount.com",
    });
  });

  it("lets whoever takes the email wait until the account may do so", async () => {
    await run();
    assert.equal(await valueOf(nodes.email), "dev-gke-nodes@acme-dev.iam.gserviceaccount.com");
    assert.deepEqual(await waitsFor(nodes.email), ["account:Account nodes", "iAMMember:IAMMember nodes"]);
  });
});
