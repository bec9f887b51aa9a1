import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allowDns, denyAll } from "../k8s/network-policy.js";
import { type Tenant, largestOf, quotaFor } from "../k8s/quota.js";
import type { Cluster } from "../platform.js";

export interface AppNamespaceArgs {
  cluster: Pick<Cluster, "dnsPeers" | "namespaceLabels">;

  /** The pods that are going to live here; quota and limits are computed from them. */
  tenants: readonly Tenant[];

  /**
   * How many load balancers lead to its pods.
   *
   * @default 0: every way in is an entry
   */
  loadBalancers?: number;
}

/** Version of the Pod Security Standard that is enforced; a newer one only warns until this is raised. */
const POD_SECURITY_VERSION = "v1.34";

/**
 * A namespace in which only hardened pods run, within a quota, and in which no pod talks to another one, or to
 * anything else but DNS, until a policy allows it.
 */
export class AppNamespace extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: AppNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:apps:AppNamespace", name, {}, opts);

    const { cluster, tenants, loadBalancers = 0 } = args;
    const parent = this;
    const labels = { "app.kubernetes.io/part-of": "slipway", "app.kubernetes.io/managed-by": "pulumi" };

    const namespace = createNamespace();
    const rules = [
      createResourceQuota(),
      createLimitRange(),
      createPolicy("deny-all", denyAll()),
      createPolicy("allow-dns", allowDns(cluster.dnsPeers)),
    ];

    // Whoever names the namespace waits for its rules too: no pod starts before them or outlives them.
    this.name = pulumi.all([namespace, ...rules].map((rule) => rule.metadata.name)).apply(() => name);
    this.registerOutputs({ name: this.name });

    function createNamespace() {
      return new k8s.core.v1.Namespace(
        name,
        {
          metadata: {
            name,
            labels: {
              ...labels,
              ...cluster.namespaceLabels,
              "pod-security.kubernetes.io/enforce": "restricted",
              "pod-security.kubernetes.io/enforce-version": POD_SECURITY_VERSION,
              "pod-security.kubernetes.io/audit": "restricted",
              "pod-security.kubernetes.io/audit-version": "latest",
              "pod-security.kubernetes.io/warn": "restricted",
              "pod-security.kubernetes.io/warn-version": "latest",
            },
          },
        },
        { parent },
      );
    }

    function createResourceQuota() {
      return new k8s.core.v1.ResourceQuota(
        name,
        {
          metadata: { name, namespace: namespace.metadata.name, labels },
          spec: { hard: quotaFor(tenants, loadBalancers) },
        },
        { parent },
      );
    }

    function createLimitRange() {
      const largest = largestOf(tenants);
      return new k8s.core.v1.LimitRange(
        name,
        {
          metadata: { name, namespace: namespace.metadata.name, labels },
          spec: { limits: [{ type: "Container", max: largest, default: largest, defaultRequest: largest }] },
        },
        { parent },
      );
    }

    function createPolicy(policyName: string, spec: k8s.types.input.networking.v1.NetworkPolicySpec) {
      return new k8s.networking.v1.NetworkPolicy(
        `${name}-${policyName}`,
        { metadata: { name: policyName, namespace: namespace.metadata.name, labels }, spec },
        { parent },
      );
    }
  }
}
