import { Record as DnsRecord } from "@pulumi/aws/route53/record.js";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { awaitAddress, loadBalancerTimeouts } from "../k8s/await.js";
import { ingressRule } from "../k8s/ingress.js";
import { labelsFor } from "../k8s/labels.js";
import type { Entry, EntryArgs } from "../platform.js";
import { attributeList } from "./backend.js";
import { Certificate } from "./certificate.js";

/** A zone of Route 53 in which hosts get their records. */
export interface HostedZone {
  readonly zoneName: string;
  readonly zoneId: pulumi.Input<string>;
}

export interface AlbEntryArgs extends EntryArgs {
  /** Of the Ingress. */
  ingressClassName: pulumi.Input<string>;

  /**
   * What hosts end in.
   *
   * @default none, and `host` is needed
   */
  domain?: string;

  /** Where the host gets its records; without one there is no certificate and so no entry. */
  hostedZone?: HostedZone;
}

const ALB = "alb.ingress.kubernetes.io";
const SHORTEST_IDLE_SEC = 60;
const LONGEST_IDLE_SEC = 4000;

/**
 * An Application Load Balancer with one host, TLS and a name in DNS; what comes without TLS is sent to it. The
 * controller makes the load balancer and tells its name in the Ingress' status, so the engine waits for that.
 */
export class AlbEntry extends pulumi.ComponentResource implements Entry {
  readonly url: string;

  constructor(name: string, args: AlbEntryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:aws:AlbEntry", name, {}, opts);

    const { namespace, routes, timeoutSec = 30, ingressClassName } = args;
    const host = hostFor(name, args);
    const zoneId = zoneIdFor(host, args.hostedZone);
    const parent = this;

    const certificate = createCertificate();
    const ingress = createIngress();
    createRecord();

    this.url = `https://${host}`;
    this.registerOutputs({ url: this.url });

    function createCertificate() {
      return new Certificate(name, { host, zoneId }, { parent });
    }

    function createIngress() {
      const attributes = {
        // It counts silence only: a websocket that pings outlives it.
        "idle_timeout.timeout_seconds": Math.min(Math.max(timeoutSec, SHORTEST_IDLE_SEC), LONGEST_IDLE_SEC),
        "routing.http.drop_invalid_header_fields.enabled": true,
      };
      const annotations = {
        [`${ALB}/listen-ports`]: JSON.stringify([{ HTTP: 80 }, { HTTPS: 443 }]),
        [`${ALB}/ssl-redirect`]: "443",
        [`${ALB}/ssl-policy`]: "ELBSecurityPolicy-TLS13-1-2-2021-06",
        [`${ALB}/certificate-arn`]: certificate.arn,
        [`${ALB}/load-balancer-attributes`]: attributeList(attributes),
        ...awaitAddress,
      };
      return new k8s.networking.v1.Ingress(
        name,
        {
          metadata: { name, namespace, labels: labelsFor(name, "entry").labels, annotations },
          spec: { ingressClassName, rules: [ingressRule(host, routes)] },
        },
        { parent, customTimeouts: loadBalancerTimeouts },
      );
    }

    function createRecord() {
      // Not empty by now: the Ingress is waited for until it has one.
      const records = ingress.status.loadBalancer.ingress.apply((points) =>
        points.map(({ hostname }) => hostname),
      );
      return new DnsRecord(name, { zoneId, name: host, type: "CNAME", records, ttl: 60 }, { parent });
    }
  }
}

/** The name under which the entry is asked for. */
export function hostFor(name: string, { host, domain }: Pick<AlbEntryArgs, "host" | "domain">): string {
  if (host !== undefined) return host;
  if (domain !== undefined) return `${name}.${domain}`;
  throw new pulumi.InputPropertyError({
    propertyPath: "host",
    reason: `expected the name under which "${name}" is asked for, got none; set it, or slipway:domain`,
  });
}

function zoneIdFor(host: string, hostedZone?: HostedZone): pulumi.Input<string> {
  if (hostedZone === undefined) {
    throw new pulumi.InputPropertyError({
      propertyPath: "hostedZone",
      reason: `expected the zone of Route 53 that "${host}" belongs to, got none; its certificate is proved there, so set slipway:aws.hostedZone`,
    });
  }
  const { zoneName, zoneId } = hostedZone;
  // A CNAME cannot stand at the top of a zone, beside what the zone itself needs there.
  if (!host.endsWith(`.${zoneName}`)) {
    throw new pulumi.InputPropertyError({
      propertyPath: "host",
      reason: `expected a name under slipway:aws.hostedZone, such as "app.${zoneName}", got "${host}"`,
    });
  }
  return zoneId;
}
