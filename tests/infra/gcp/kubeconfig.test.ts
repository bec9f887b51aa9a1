import assert from "node:assert/strict";
import { parse } from "yaml";
import { kubeconfig } from "../../../infra/gcp/kubeconfig.js";

const args = {
  project: "acme-dev",
  location: "europe-west1",
  name: "gke-1a2b",
  endpoint: "gke.example.goog",
};

describe("infra/gcp/kubeconfig", () => {
  it("leads to the DNS endpoint, whose certificate everybody trusts", () => {
    assert.deepEqual(parse(kubeconfig(args)).clusters, [
      { name: "gke_acme-dev_europe-west1_gke-1a2b", cluster: { server: "https://gke.example.goog" } },
    ]);
  });

  it("trusts the cluster's own authority when it leads to an address", () => {
    const { cluster } = parse(kubeconfig({ ...args, certificateAuthority: "Q0E=" })).clusters[0];
    assert.deepEqual(cluster, {
      server: "https://gke.example.goog",
      "certificate-authority-data": "Q0E=",
    });
  });

  it("signs in by Google's plugin in the version that it speaks, and says the project", () => {
    const [{ user }] = parse(kubeconfig(args)).users;
    assert.deepEqual(user.exec, {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "gke-gcloud-auth-plugin",
      args: ["--project=acme-dev"],
      installHint: 'run "gcloud components install gke-gcloud-auth-plugin", then "gcloud auth login"',
      provideClusterInfo: true,
      interactiveMode: "Never",
    });
    assert.deepEqual(Object.keys(user), ["exec"]);
  });

  it("has one context, made of names that are known: no zone or region that nobody set", () => {
    const text = kubeconfig(args);
    const name = "gke_acme-dev_europe-west1_gke-1a2b";
    const { contexts, "current-context": current } = parse(text);
    assert.deepEqual(contexts, [{ name, context: { cluster: name, user: name } }]);
    assert.equal(current, name);
    assert.doesNotMatch(text, /undefined|null/);
  });
});
