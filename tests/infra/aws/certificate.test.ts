import assert from "node:assert/strict";
import { Certificate } from "../../../infra/aws/certificate.js";
import { only, valueOf } from "../../support/program.js";
import { namesOf, recordAws } from "./harness.js";

describe("infra/aws/certificate", () => {
  const args = { host: "journal.example.com", zoneId: "Z1" };
  const recordCertificate = () => recordAws(() => new Certificate("journal", args));

  it("is one host's, proved by a record in its zone", async () => {
    const resources = await recordCertificate();
    assert.deepEqual(namesOf(resources), [
      "Certificate journal",
      "Certificate journal",
      "CertificateValidation journal",
      "Record journal-proof",
    ]);
    assert.deepEqual(only(resources, "aws:acm/certificate:Certificate", "journal").inputs, {
      domainName: "journal.example.com",
      validationMethod: "DNS",
      tags: { Name: "journal.example.com" },
    });
    assert.deepEqual(only(resources, "aws:route53/record:Record", "journal-proof").inputs, {
      zoneId: "Z1",
      name: "_token.host.",
      type: "CNAME",
      records: ["_proof.aws."],
      ttl: 300,
    });
  });

  it("is told to others when it is valid, not before: a load balancer takes no other", async () => {
    let certificate: Certificate | undefined;
    const resources = await recordAws(() => {
      certificate = new Certificate("journal", args);
    });
    const validation = only(resources, "aws:acm/certificateValidation:CertificateValidation", "journal");
    assert.deepEqual(validation.inputs.validationRecordFqdns, ["_token.host."]);
    assert.equal(validation.timeouts.create, "20m");
    assert.ok(certificate);
    const arn = await valueOf(certificate.arn);
    assert.equal(arn, "arn:aws:acm:us-west-2:123456789012:certificate/journal");
    const sources: Set<any> = await (certificate.arn as any).allResources();
    const urns = await Promise.all([...sources].map((source) => valueOf(source.urn)));
    assert.deepEqual(urns, [validation.urn]);
  });
});
