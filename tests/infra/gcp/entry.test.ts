import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { GceEntry } from "../../../infra/gcp/entry.js";
import { only, record } from "../../support/program.js";

const args = { namespace: "journal", routes: [{ path: "/", service: "fileserver", port: 80 }] };

describe("infra/gcp/entry", () => {
  it("is an Ingress of GKE's own controller, which reads its class from the annotation", async () => {
    const resources = await record(() => new GceEntry("journal", { ...args, host: "journal.example.com" }));
    const { metadata, spec } = only(resources, "kubernetes:networking.k8s.io/v1:Ingress", "journal").inputs;
    assert.equal(metadata.annotations["kubernetes.io/ingress.class"], "gce");
    assert.equal(spec.ingressClassName, undefined);
    assert.equal(spec.rules[0].host, "journal.example.com");
  });

  it("refuses to be without a host, which nobody can guess", async () => {
    await record(() => {
      assert.throws(
        () => new GceEntry("journal", args),
        (error) => {
          assert.ok(pulumi.InputPropertyError.isInstance(error));
          assert.deepEqual(
            [error.propertyPath, error.reason],
            ["host", 'expected the name under which "journal" is asked for, got none'],
          );
          return true;
        },
      );
    });
  });
});
