import * as pulumi from "@pulumi/pulumi";
import type { Backend, BackendArgs } from "../platform.js";

const ALB = "alb.ingress.kubernetes.io";
const DAY_SEC = 86_400;
const LONGEST_DRAIN_SEC = 3600;

/**
 * How a load balancer treats one Service. It reads it from the Service: what stands on the Ingress would hold for all
 * services behind it. Each has a health check of its own, and pods are called directly, which stickiness demands.
 */
export function albBackend(args: BackendArgs): Backend {
  const { healthPath, healthPort, drainTimeoutSec = 60, sticky = false } = args;
  if (drainTimeoutSec > LONGEST_DRAIN_SEC) {
    throw new pulumi.InputPropertyError({
      propertyPath: "drainTimeoutSec",
      reason: `expected at most ${LONGEST_DRAIN_SEC}, which is the longest that EKS offers, got ${drainTimeoutSec}`,
    });
  }
  const attributes = {
    "deregistration_delay.timeout_seconds": drainTimeoutSec,
    // An ALB knows no affinity but by cookies, so a page below another domain needs a browser that takes them.
    "stickiness.enabled": sticky,
    ...(sticky && { "stickiness.type": "lb_cookie", "stickiness.lb_cookie.duration_seconds": DAY_SEC }),
  };
  return {
    annotations: {
      [`${ALB}/target-type`]: "ip",
      [`${ALB}/target-group-attributes`]: attributeList(attributes),
      [`${ALB}/healthcheck-path`]: healthPath,
      [`${ALB}/healthcheck-port`]: String(healthPort),
      [`${ALB}/healthcheck-interval-seconds`]: "10",
      [`${ALB}/healthcheck-timeout-seconds`]: "5",
      [`${ALB}/healthy-threshold-count`]: "2",
      [`${ALB}/unhealthy-threshold-count`]: "2",
    },
  };
}

/** As the controller reads it: "a=1,b=2". */
export function attributeList(attributes: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(",");
}
