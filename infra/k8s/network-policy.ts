import type * as k8s from "@pulumi/kubernetes";

type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type Spec = k8s.types.input.networking.v1.NetworkPolicySpec;
type Selector = Readonly<Record<string, string>>;

/** One direction of a policy: these peers, this TCP port. */
export interface Allowed {
  readonly peers: readonly Peer[];
  readonly port: number;
}

/** The pods with that selector, in the policy's own namespace. */
export function podsWith(selector: Selector): Peer {
  return { podSelector: { matchLabels: selector } };
}

/** Nothing comes in and nothing goes out, for every pod of the namespace, unless another policy allows it. */
export function denyAll(): Spec {
  return { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
}

/** Every pod of the namespace may ask the cluster's DNS, also where it is none of kube-system's pods. */
export function allowDns(others: readonly Peer[] = []): Spec {
  return {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [
      {
        to: [
          { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } },
          ...others,
        ],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
    ],
  };
}

/** What the pods with that selector accept, and whom they may call; without peers nobody, which Kubernetes takes for all. */
export function allow(selector: Selector, ingress: readonly Allowed[], egress: readonly Allowed[]): Spec {
  const withPeers = (allowed: readonly Allowed[]) => allowed.filter(({ peers }) => peers.length > 0);
  const ports = (port: number) => [{ protocol: "TCP", port }];
  return {
    podSelector: { matchLabels: selector },
    policyTypes: ["Ingress", "Egress"],
    ingress: withPeers(ingress).map(({ peers, port }) => ({ from: [...peers], ports: ports(port) })),
    egress: withPeers(egress).map(({ peers, port }) => ({ to: [...peers], ports: ports(port) })),
  };
}
