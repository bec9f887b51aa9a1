import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { serviceAccountId } from "../../../infra/gcp/service-account-id.js";

describe("infra/gcp/service-account-id", () => {
  it("has the stack in it, so that two stacks can share a project", () => {
    assert.equal(serviceAccountId("gke-nodes", "dev"), "dev-gke-nodes");
    assert.equal(serviceAccountId("ci-deploy", "prod"), "prod-ci-deploy");
  });

  for (const stack of ["Dev", "a.b", "1st", "the-preview-of-pull-request-123"]) {
    it(`refuses the stack "${stack}", of which Google would refuse the id`, () => {
      assert.throws(
        () => serviceAccountId("gke-nodes", stack),
        (error) => {
          assert.ok(pulumi.RunError.isInstance(error));
          assert.equal(
            error.message,
            `expected a stack's name that makes service account ids of 6 to 30 small letters, digits and "-", got "${stack}-gke-nodes"; name the stack differently, such as "dev"`,
          );
          return true;
        },
      );
    });
  }
});
