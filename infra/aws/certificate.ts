import * as acm from "@pulumi/aws/acm/certificate.js";
import { CertificateValidation } from "@pulumi/aws/acm/certificateValidation.js";
import { Record as DnsRecord } from "@pulumi/aws/route53/record.js";
import * as pulumi from "@pulumi/pulumi";

export interface CertificateArgs {
  host: string;

  /** Of the hosted zone that the host belongs to. */
  zoneId: pulumi.Input<string>;
}

/** A certificate for one host, which AWS renews for as long as the record that proves the host is ours stands. */
export class Certificate extends pulumi.ComponentResource {
  /** Known when the certificate is valid, not before. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:Certificate", name, {}, opts);

    const { host, zoneId } = args;
    const parent = this;

    const certificate = createCertificate();
    const record = createProof();
    const validation = createValidation();

    this.arn = validation.certificateArn;
    this.registerOutputs({ arn: this.arn });

    function createCertificate() {
      return new acm.Certificate(
        name,
        { domainName: host, validationMethod: "DNS", tags: { Name: host } },
        { parent },
      );
    }

    function createProof() {
      const proof = certificate.domainValidationOptions.apply(([option]) => {
        if (!option) throw new Error(`AWS asked for no proof that "${host}" is ours`);
        return option;
      });
      return new DnsRecord(
        `${name}-proof`,
        {
          zoneId,
          name: proof.resourceRecordName,
          type: proof.resourceRecordType,
          records: [proof.resourceRecordValue],
          ttl: 300,
        },
        { parent },
      );
    }

    function createValidation() {
      return new CertificateValidation(
        name,
        { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
        { parent, customTimeouts: { create: "20m" } },
      );
    }
  }
}
