import { createHash } from "node:crypto";
import { repository } from "../shell/paths.js";

/**
 * `.local` as the cluster's hosts see it: their mount namespaces bind it here, so that what they are told holds on every
 * machine and socket paths stay short.
 */
export const inside = "/run/slipway";

/** Tells apart several checkouts that run on one machine. */
export const cgroup = `slipway-${createHash("sha256").update(repository).digest("hex").slice(0, 8)}`;

/** Addresses exist only inside the cluster's own network namespaces; the machine itself has none of them. */
export const network = {
  nodes: "10.89.0.0/24",
  controlPlane: "10.89.0.1",
  pods: "10.90.0.0/16",
  services: "10.91.0.0/16",
  kubernetesService: "10.91.0.1",
  dnsService: "10.91.0.10",
  nodeAddress: (index: number) => `10.89.0.${10 + index}`,
  podRange: (index: number) => `10.90.${index}.0/24`,
};

/** Node ports of the Ingress controller, which the machine's own ports lead to. */
export const ingressNodePorts = { http: 30080, https: 30443 };

/** Port of the ACME server's directory, on the control plane's address. */
export const acmePort = 14000;

export interface Settings {
  /** Number of nodes. */
  nodes: number;
  /** Port on 127.0.0.1 for http:// addresses. */
  httpPort: number;
  /** Port on 127.0.0.1 for https:// addresses. */
  httpsPort: number;
  /** Port on 127.0.0.1 of the Kubernetes API. */
  apiPort: number;
}

export const defaultSettings: Settings = { nodes: 3, httpPort: 8080, httpsPort: 8443, apiPort: 6443 };

/** The host of the API server and of what belongs to it. */
export const controlPlane = "control-plane";
export const nodeName = (index: number) => `node-${index}`;
export const nodeIndexes = (settings: Settings) => Array.from({ length: settings.nodes }, (_, i) => i + 1);
