import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { workloadIdentity, workloadPoolOf } from "../../../infra/gcp/workload-identity.js";
import { valueOf } from "../../support/program.js";

const project = { project: "acme-dev", projectNumber: "123456789012" };

describe("infra/gcp/workload-identity", () => {
  it("is the project's pool, by its number, and in it the pods by their namespace and account", async () => {
    const identity = workloadIdentity({ ...project, namespace: "prisma", name: "migrations" });
    assert.deepEqual(await valueOf(pulumi.output(identity)), {
      serviceAccountName: "migrations",
      principal:
        "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/acme-dev.svc.id.goog/subject/ns/prisma/sa/migrations",
    });
  });

  it("is in the pool that the project's clusters are told", async () => {
    const { principal } = workloadIdentity({ ...project, namespace: "a", name: "b" });
    assert.ok((await valueOf(principal)).includes(`/${await valueOf(workloadPoolOf("acme-dev"))}/`));
  });
});
