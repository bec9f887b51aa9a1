import type * as pulumi from "@pulumi/pulumi";

/**
 * What the engine waits for, in one place.
 *
 * Workloads are waited for: an update is done when the pods of the new version are ready. A Service or an Ingress is
 * not: the engine would wait for pods that the workload's own wait covers, or for an address that some controllers
 * never report, while the address is known from the configuration or from the reserved static IP. Where it is known from
 * nowhere else, the Ingress is waited for until its load balancer tells it.
 */
export const doNotAwait: Readonly<Record<string, string>> = { "pulumi.com/skipAwait": "true" };

/** Of an Ingress whose address a record in DNS is made of: its load balancer makes up its own name. */
export const awaitAddress: Readonly<Record<string, string>> = {
  "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}",
};

/** A load balancer comes in minutes, and its Ingress stays until it has gone again. */
export const loadBalancerTimeouts: pulumi.CustomTimeouts = { create: "10m", update: "10m", delete: "10m" };

/** After this long without progress Kubernetes calls a rollout failed, and says why. */
export const PROGRESS_DEADLINE_SEC = 300;

/** Longer than the progress deadline, so that an update ends with Kubernetes' reason and not with a bare timeout. */
export const workloadTimeouts: pulumi.CustomTimeouts = { create: "10m", update: "10m", delete: "5m" };
