import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { GoogleCloud } from "../../../infra/gcp/google-cloud.js";
import { record, valueOf } from "../../support/program.js";
import { large, small } from "./google-cloud-args.js";

describe("infra/gcp/google-cloud", () => {
  let cloud: GoogleCloud;

  it("tells what the stack's outputs show, the kubeconfig as a secret", async () => {
    await record(
      () => {
        cloud = new GoogleCloud("gcp", large);
      },
      { stack: "dev" },
    );
    assert.equal(await (cloud.kubeconfig as any).isSecret, true);
    assert.equal(await valueOf(cloud.registryHost), "europe-west1-docker.pkg.dev/acme-prod/slipway");
    assert.deepEqual(cloud.addresses, {});
    assert.deepEqual(await Promise.all(cloud.egressAddresses.map(valueOf)), ["203.0.113.20"]);
    const connection = cloud.databaseConnectionName ?? pulumi.output("none");
    assert.equal(await valueOf(connection), "acme-prod:europe-west1:gcp-mysql-1f2e3d4c");
    assert.deepEqual(await valueOf(pulumi.output(cloud.ciIdentities)), {
      workloadIdentityProvider:
        "projects/123456789012/locations/global/workloadIdentityPools/github-1f2e3d4c/providers/github",
      previewServiceAccount: "dev-ci-preview@acme-prod.iam.gserviceaccount.com",
      driftServiceAccount: "dev-ci-drift@acme-prod.iam.gserviceaccount.com",
      deployServiceAccount: "dev-ci-deploy@acme-prod.iam.gserviceaccount.com",
    });
  });

  it("shows the address of an entry that an app asked for, and no database or identities that nobody did", async () => {
    await record(() => {
      cloud = new GoogleCloud("gcp", { ...small, domain: "example.com" });
      const entry = { namespace: "journal", routes: [] };
      cloud.cluster.createEntry("journal", entry, { parent: cloud });
    });
    assert.deepEqual(await valueOf(pulumi.output(cloud.addresses)), { journal: "203.0.113.10" });
    assert.deepEqual([cloud.databaseConnectionName, cloud.ciIdentities], [undefined, undefined]);
  });
});
