import assert from "node:assert/strict";
import { LocalEntry } from "../../../infra/local/entry.js";
import { only, record } from "../../support/program.js";

const args = {
  namespace: "journal",
  routes: [{ path: "/", service: "fileserver", port: 80 }],
  httpsPort: 8443,
};
const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";

describe("infra/local/entry", () => {
  it("is an Ingress of Traefik's, which needs to be told nothing about TLS", async () => {
    const { metadata, spec } = only(
      await record(() => new LocalEntry("journal", args)),
      INGRESS,
      "journal",
    ).inputs;
    assert.deepEqual(Object.keys(spec).sort(), ["ingressClassName", "rules"]);
    assert.equal(spec.ingressClassName, "traefik");
    assert.deepEqual(metadata.annotations, { "pulumi.com/skipAwait": "true" });
  });

  it("defaults to the app's own name under localhost, which every browser takes for this machine", async () => {
    const { spec } = only(await record(() => new LocalEntry("journal", args)), INGRESS, "journal").inputs;
    assert.equal(spec.rules[0].host, "journal.localhost");
  });

  it("takes another host, also into its address", async () => {
    let url = "";
    const resources = await record(() => {
      url = new LocalEntry("journal", { ...args, host: "diary.localhost" }).url;
    });
    assert.equal(only(resources, INGRESS, "journal").inputs.spec.rules[0].host, "diary.localhost");
    assert.equal(url, "https://diary.localhost:8443");
  });
});
