import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { createClusterProvider, imageFrom } from "../../../infra/k8s/provider.js";
import { only, record } from "../../support/program.js";

class Parent extends pulumi.ComponentResource {
  constructor() {
    super("test:index:Parent", "parent");
  }
}

describe("infra/k8s/provider", () => {
  const inputsFor = async (access: { kubeconfig?: string; context?: string }) => {
    const resources = await record(() => createClusterProvider("gke", access, { parent: new Parent() }));
    return only(resources, "pulumi:providers:kubernetes", "gke").inputs;
  };

  it("identifies the cluster by its name, so that a new kubeconfig replaces nothing in it", async () => {
    const one = await inputsFor({ kubeconfig: "/one", context: "a" });
    const other = await inputsFor({ kubeconfig: "/other", context: "b" });
    assert.equal(one.clusterIdentifier, "gke");
    assert.equal(other.clusterIdentifier, one.clusterIdentifier);
  });

  it("hands the kubeconfig and its context on, and applies on the server's side", async () => {
    assert.deepEqual(await inputsFor({ kubeconfig: "/one", context: "a" }), {
      clusterIdentifier: "gke",
      context: "a",
      enableServerSideApply: "true",
      kubeconfig: "/one",
    });
  });

  it("says which images there are when another is asked for", () => {
    assert.equal(imageFrom({ redis: "redis:v1.0.0-0000000" }, "redis"), "redis:v1.0.0-0000000");
    assert.throws(
      () => imageFrom({ redis: "redis:v1.0.0-0000000" }, "journal-frontend"),
      (error) => {
        assert.ok(pulumi.InputPropertyError.isInstance(error));
        assert.deepEqual(
          [error.propertyPath, error.reason],
          ["images.journal-frontend", 'expected a reference, got none among "redis"'],
        );
        return true;
      },
    );
  });
});
