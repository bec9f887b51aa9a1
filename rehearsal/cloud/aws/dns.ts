import { randomUUID } from "node:crypto";
import type { Properties } from "../../../engine/random-provider/wire.js";
import { hex, text, type Cloud, type Rules, type Thing } from "../rule.js";
import type { Existing } from "../store.js";
import { arnOf, common, firmly, regionOf, source } from "./naming.js";

export const ZONE = "aws:route53/zone:Zone";
const RECORD = "aws:route53/record:Record";
const CERTIFICATE = "aws:acm/certificate:Certificate";

const bare = (name: string) => name.replace(/\.$/, "");

/** The record by which the owner of a name is proved. */
function proofOf({ inputs, id }: Thing): Properties {
  const host = text(inputs, "domainName");
  return {
    domainName: host,
    resourceRecordName: `_${hex(host, 32)}.${host}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${hex(id, 32)}.acm-validations.aws.`,
  };
}

async function refuseUsed({ id }: Existing, { cluster }: Cloud): Promise<void> {
  const users = (await cluster?.usersOf(id)) ?? [];
  if (users.length > 0)
    throw new Error(`ResourceInUseException: certificate ${id} is in use by ${users.join(", ")}`);
}

export const dnsRules: Rules = {
  [RECORD]: {
    source: source("route53", "record"),
    name: {
      input: "name",
      allowed: { form: /^(\*\.)?([a-z0-9_-]+\.)+[a-z]+\.?$/, says: "a name of DNS" },
      required: true,
    },
    replacesOn: ["name", "type", "zoneId", "setIdentifier"],
    values: { type: ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT"] },
    refersTo: { zoneId: firmly(ZONE) },
    adopts: ({ allowOverwrite }) => allowOverwrite === true,
    complaints: ({ inputs, name, cloud }) => {
      const zone = text(cloud.store.named(ZONE, text(inputs, "zoneId"))?.inputs ?? {}, "name");
      if (!bare(name).endsWith(`.${bare(zone)}`) && bare(name) !== bare(zone))
        return [`"${name}" is not in the zone "${zone}"`];
      return text(inputs, "type") === "CNAME" && bare(name) === bare(zone)
        ? ["a CNAME cannot stand at the top of a zone"]
        : [];
    },
    id: ({ inputs, name }) => `${text(inputs, "zoneId")}_${bare(name)}_${text(inputs, "type")}`,
    outputs: ({ name }) => ({ fqdn: bare(name) }),
  },

  [CERTIFICATE]: {
    source: source("acm", "certificate"),
    replacesOn: [
      "domainName",
      "subjectAlternativeNames",
      "validationMethod",
      "keyAlgorithm",
      "certificateAuthorityArn",
    ],
    values: {
      validationMethod: ["DNS", "EMAIL"],
      domainName: { form: /^(\*\.)?[a-z0-9.-]{1,250}$/, says: "a name of DNS" },
    },
    id: (thing) => arnOf(thing, "acm", `certificate/${randomUUID()}`),
    outputs: (thing) => ({
      ...common(thing),
      arn: thing.id,
      status: "PENDING_VALIDATION",
      domainValidationOptions: [proofOf(thing)],
    }),
    deleted: refuseUsed,
  },

  "aws:acm/certificateValidation:CertificateValidation": {
    source: source("acm", "certificate_validation"),
    replacesOn: ["certificateArn", "validationRecordFqdns"],
    refersTo: { certificateArn: { to: [CERTIFICATE], holds: false } },
    complaints: ({ inputs, cloud }) => {
      const options = cloud.store.named(CERTIFICATE, text(inputs, "certificateArn"))?.outputs
        .domainValidationOptions;
      const names = ((options ?? []) as Properties[]).map((option) =>
        bare(text(option, "resourceRecordName")),
      );
      const records = cloud.store.all().filter(({ token }) => token === RECORD);
      const missing = names.filter((name) => !records.some(({ outputs }) => outputs.fqdn === name));
      return missing.map((name) => `timeout: no record proves the certificate, expected ${name}`);
    },
    id: ({ inputs }) => hex(text(inputs, "certificateArn"), 12),
    outputs: (thing) => ({ region: regionOf(thing) }),
  },
};
