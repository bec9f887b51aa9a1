import assert from "node:assert/strict";
import { albBackend } from "../../../infra/aws/backend.js";
import { refuses } from "./harness.js";

const args = { namespace: "journal", healthPath: "/readyz", healthPort: 8080 };
const ATTRIBUTES = "alb.ingress.kubernetes.io/target-group-attributes";
const annotationsOf = (more = {}) => albBackend({ ...args, ...more }).annotations as Record<string, string>;

describe("infra/aws/backend", () => {
  it("has the load balancer call pods directly, and ask each one by itself whether it is well", () => {
    const annotations = annotationsOf();
    assert.deepEqual(annotations, {
      [ATTRIBUTES]: annotations[ATTRIBUTES],
      "alb.ingress.kubernetes.io/target-type": "ip",
      "alb.ingress.kubernetes.io/healthcheck-path": "/readyz",
      "alb.ingress.kubernetes.io/healthcheck-port": "8080",
      "alb.ingress.kubernetes.io/healthcheck-interval-seconds": "10",
      "alb.ingress.kubernetes.io/healthcheck-timeout-seconds": "5",
      "alb.ingress.kubernetes.io/healthy-threshold-count": "2",
      "alb.ingress.kubernetes.io/unhealthy-threshold-count": "2",
    });
  });

  it("defaults to a minute for what is under way, and to any pod for a browser's next request", () => {
    assert.equal(
      annotationsOf()[ATTRIBUTES],
      "deregistration_delay.timeout_seconds=60,stickiness.enabled=false",
    );
  });

  it("gives what is under way another time", () => {
    assert.match(
      annotationsOf({ drainTimeoutSec: 300 })[ATTRIBUTES] ?? "",
      /^deregistration_delay\.timeout_seconds=300,/,
    );
    assert.match(
      annotationsOf({ drainTimeoutSec: 0 })[ATTRIBUTES] ?? "",
      /^deregistration_delay\.timeout_seconds=0,/,
    );
  });

  it("keeps a browser with its pod by a cookie, for a day", () => {
    assert.equal(
      annotationsOf({ sticky: true })[ATTRIBUTES],
      "deregistration_delay.timeout_seconds=60,stickiness.enabled=true,stickiness.type=lb_cookie,stickiness.lb_cookie.duration_seconds=86400",
    );
  });

  it("refuses a time that no load balancer gives", () => {
    refuses(
      () => albBackend({ ...args, drainTimeoutSec: 3601 }),
      "drainTimeoutSec",
      "expected at most 3600, which is the longest that EKS offers, got 3601",
    );
  });
});
