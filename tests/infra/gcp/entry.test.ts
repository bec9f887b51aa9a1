import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { GceEntry, type GceEntryArgs } from "../../../infra/gcp/entry.js";
import { type Registered, only, record, valueOf } from "../../support/program.js";
import { Google, listOf } from "./google.js";

const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const args = {
  project: "acme-dev",
  sslPolicy: "gke-tls",
  namespace: "journal",
  routes: [{ path: "/", service: "fileserver", port: 80 }],
  host: "journal.example.com",
};

describe("infra/gcp/entry", () => {
  let entry: GceEntry;
  let resources: Registered[];
  const run = (own: Partial<GceEntryArgs> = {}, preview = false) =>
    record(
      () => {
        entry = new GceEntry("journal", { ...args, ...own }, new Google().opts);
      },
      { preview },
    );
  before(async () => (resources = await run()));

  it("is an address, a certificate, a redirect and an Ingress", () => {
    assert.deepEqual(listOf(resources), [
      "globalAddress:GlobalAddress journal",
      "v1:Ingress journal",
      "v1:ManagedCertificate journal-certificate",
      "v1beta1:FrontendConfig journal-frontend",
    ]);
  });

  it("is an Ingress of GKE's own controller, which reads its class from the annotation", () => {
    const { metadata, spec } = only(resources, INGRESS, "journal").inputs;
    assert.equal(metadata.annotations["kubernetes.io/ingress.class"], "gce");
    assert.equal(spec.ingressClassName, undefined);
    assert.equal(spec.rules[0].host, "journal.example.com");
  });

  it("names what it is made of, and says nothing about backends, which GKE reads from the Services", () => {
    assert.deepEqual(only(resources, INGRESS, "journal").inputs.metadata.annotations, {
      "pulumi.com/skipAwait": "true",
      "kubernetes.io/ingress.class": "gce",
      "kubernetes.io/ingress.global-static-ip-name": "journal-0a1b2c3",
      "networking.gke.io/managed-certificates": "journal",
      "networking.gke.io/v1beta1.FrontendConfig": "journal",
    });
  });

  it("takes its address from the reserved one, never from what the Ingress reports", async () => {
    assert.deepEqual(only(resources, "gcp:compute/globalAddress:GlobalAddress", "journal").inputs, {
      project: "acme-dev",
      labels: { "part-of": "slipway", stack: "test", "managed-by": "pulumi" },
    });
    assert.equal(await valueOf(entry.address), "203.0.113.10");
  });

  it("gives the address back when the load balancer is gone: the Ingress is deleted before, and waited for", () => {
    const { dependencies, timeouts } = only(resources, INGRESS, "journal");
    assert.ok(
      dependencies.includes(only(resources, "gcp:compute/globalAddress:GlobalAddress", "journal").urn),
    );
    assert.equal(timeouts.delete, "20m");
  });

  it("leads from HTTP to HTTPS, which speaks no old TLS", () => {
    const { spec } = only(
      resources,
      "kubernetes:networking.gke.io/v1beta1:FrontendConfig",
      "journal-frontend",
    ).inputs;
    assert.deepEqual(spec, {
      sslPolicy: "gke-tls",
      redirectToHttps: { enabled: true, responseCodeName: "MOVED_PERMANENTLY_DEFAULT" },
    });
    assert.equal(entry.url, "https://journal.example.com");
  });

  it("gets a certificate of Google's for its host", () => {
    const { metadata, spec } = only(
      resources,
      "kubernetes:networking.gke.io/v1:ManagedCertificate",
      "journal-certificate",
    ).inputs;
    assert.deepEqual([metadata.name, metadata.namespace], ["journal", "journal"]);
    assert.deepEqual(spec, { domains: ["journal.example.com"] });
  });

  it("defaults to its own name under the domain of all apps", async () => {
    const own = await run({ host: undefined, domain: "dev.example.com" });
    assert.equal(only(own, INGRESS, "journal").inputs.spec.rules[0].host, "journal.dev.example.com");
    assert.equal(entry.url, "https://journal.dev.example.com");
  });

  it("makes the host's record in a zone that it is told", async () => {
    const own = await run({ dnsZone: "example-com" });
    assert.deepEqual(only(own, "gcp:dns/recordSet:RecordSet", "journal").inputs, {
      project: "acme-dev",
      managedZone: "example-com",
      name: "journal.example.com.",
      type: "A",
      ttl: 300,
      rrdatas: ["203.0.113.10"],
    });
  });

  it("registers the same in a preview, which knows no address yet", async () => {
    const own = { dnsZone: "example-com" };
    assert.deepEqual(listOf(await run(own, true)), listOf(await run(own)));
  });

  it("refuses to be without a host, which nobody can guess", async () => {
    await record(() => {
      assert.throws(
        () => new GceEntry("journal", { ...args, host: undefined }),
        (error) => {
          assert.ok(pulumi.InputPropertyError.isInstance(error));
          assert.deepEqual(
            [error.propertyPath, error.reason],
            [
              "host",
              'expected the name under which "journal" is asked for, got none; set it, or slipway:domain for all apps',
            ],
          );
          return true;
        },
      );
    });
  });
});
