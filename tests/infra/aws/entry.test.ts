import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { AlbEntry, type AlbEntryArgs } from "../../../infra/aws/entry.js";
import { HOSTNAME } from "../../support/clouds.js";
import { type RecordOptions, only } from "../../support/program.js";
import { namesOf, recordAws, refuses } from "./harness.js";

const INGRESS = "kubernetes:networking.k8s.io/v1:Ingress";
const ALB = "alb.ingress.kubernetes.io";
const args = {
  namespace: "journal",
  routes: [
    { path: "/", service: "fileserver", port: 80 },
    { path: "/api", service: "frontend", port: 8080 },
  ],
  ingressClassName: "alb",
  domain: "example.com",
  hostedZone: { zoneName: "example.com", zoneId: "Z1" },
};
const recordEntry = (more: Partial<AlbEntryArgs> = {}, options?: RecordOptions) =>
  recordAws(() => new AlbEntry("journal", { ...args, ...more }), options);
const ingressOf = async (more?: Partial<AlbEntryArgs>) =>
  only(await recordEntry(more), INGRESS, "journal").inputs;

describe("infra/aws/entry", () => {
  it("is an Ingress with a certificate and a name in DNS", async () => {
    assert.deepEqual(namesOf(await recordEntry()), [
      "AlbEntry journal",
      "Certificate journal",
      "Certificate journal",
      "CertificateValidation journal",
      "Ingress journal",
      "Record journal",
      "Record journal-proof",
    ]);
  });

  it("leads its host's paths to their services, the longest path first, by the class of EKS", async () => {
    const { metadata, spec } = await ingressOf();
    assert.equal(metadata.namespace, "journal");
    assert.equal(spec.ingressClassName, "alb");
    assert.equal(metadata.annotations["kubernetes.io/ingress.class"], undefined);
    assert.deepEqual(
      spec.rules.map(({ host, http }: any) => [host, http.paths.map(({ path }: any) => path)]),
      [["journal.example.com", ["/api", "/"]]],
    );
  });

  it("serves with TLS of today, and sends everybody else there", async () => {
    const { annotations } = (await ingressOf()).metadata;
    assert.deepEqual(annotations, {
      [`${ALB}/listen-ports`]: '[{"HTTP":80},{"HTTPS":443}]',
      [`${ALB}/ssl-redirect`]: "443",
      [`${ALB}/ssl-policy`]: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      [`${ALB}/certificate-arn`]: "arn:aws:acm:us-west-2:123456789012:certificate/journal",
      [`${ALB}/load-balancer-attributes`]:
        "idle_timeout.timeout_seconds=60,routing.http.drop_invalid_header_fields.enabled=true",
      "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}",
    });
  });

  it("keeps what belongs to a Service off the Ingress, where it would hold for all of them", async () => {
    const names = Object.keys((await ingressOf()).metadata.annotations);
    assert.deepEqual(
      names.filter((name) => /target|health|stickiness|success/.test(name)),
      [],
    );
  });

  it("waits for silence as long as the slowest service may take, within what a load balancer can", async () => {
    const idle = async (timeoutSec?: number) => {
      const { annotations } = (await ingressOf({ timeoutSec })).metadata;
      const [, seconds] = /timeout_seconds=(\d+)/.exec(annotations[`${ALB}/load-balancer-attributes`]) ?? [];
      return Number(seconds);
    };
    assert.equal(await idle(), 60);
    assert.equal(await idle(30), 60);
    assert.equal(await idle(3600), 3600);
    assert.equal(await idle(86_400), 4000);
  });

  it("has the host lead to the load balancer, whose name the Ingress' status tells", async () => {
    const resources = await recordEntry();
    const record = only(resources, "aws:route53/record:Record", "journal");
    assert.deepEqual(record.inputs, {
      zoneId: "Z1",
      name: "journal.example.com",
      type: "CNAME",
      records: [HOSTNAME],
      ttl: 60,
    });
    assert.deepEqual(record.dependencies, [only(resources, INGRESS, "journal").urn]);
  });

  it("is waited for until its load balancer is there, or has gone with all that belongs to it", async () => {
    const { inputs, timeouts } = only(await recordEntry(), INGRESS, "journal");
    assert.equal(inputs.metadata.annotations["pulumi.com/skipAwait"], undefined);
    assert.deepEqual(timeouts, { create: "10m", update: "10m", delete: "10m" });
  });

  it("can be previewed before there is a certificate or a load balancer", async () => {
    const previewed = await recordEntry({}, { preview: true });
    assert.deepEqual(namesOf(previewed), namesOf(await recordEntry()));
  });

  it("defaults to the app's own name under the domain, and takes another one", async () => {
    const hostOf = async (more: Partial<AlbEntryArgs>) => {
      let url = "";
      const resources = await recordAws(() => {
        url = new AlbEntry("journal", { ...args, ...more }).url;
      });
      return [url, only(resources, "aws:acm/certificate:Certificate", "journal").inputs.domainName];
    };
    assert.deepEqual(await hostOf({}), ["https://journal.example.com", "journal.example.com"]);
    const diary = { host: "diary.example.com", domain: undefined };
    assert.deepEqual(await hostOf(diary), ["https://diary.example.com", "diary.example.com"]);
  });

  it("refuses to be without a host, without a zone, or outside of it", async () => {
    const refused = (more: Partial<AlbEntryArgs>, propertyPath: string, reason: string) =>
      recordAws(() => {
        refuses(() => new AlbEntry("journal", { ...args, ...more }), propertyPath, reason);
      });
    await refused(
      { domain: undefined },
      "host",
      'expected the name under which "journal" is asked for, got none; set it, or slipway:domain',
    );
    await refused(
      { hostedZone: undefined },
      "hostedZone",
      'expected the zone of Route 53 that "journal.example.com" belongs to, got none; its certificate is proved there, so set slipway:aws.hostedZone',
    );
    for (const host of ["journal.example.org", "notexample.com", "example.com"]) {
      await refused(
        { host },
        "host",
        `expected a name under slipway:aws.hostedZone, such as "app.example.com", got "${host}"`,
      );
    }
  });

  it("takes a zone that is not known yet", async () => {
    const zoneId = pulumi.output("Z2");
    const resources = await recordEntry({ hostedZone: { zoneName: "example.com", zoneId } });
    assert.equal(only(resources, "aws:route53/record:Record", "journal").inputs.zoneId, "Z2");
  });
});
