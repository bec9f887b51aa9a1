import { type Registered, only } from "../program.js";
import type { rules } from "./index.js";

export interface Fault {
  readonly is: string;
  readonly caughtBy: keyof typeof rules;
  readonly make: (resources: Registered[]) => void;
}

const SERVICE = "kubernetes:core/v1:Service";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

const MONITORING = "kubernetes:monitoring.googleapis.com/v1:PodMonitoring";

const pageService = (all: Registered[]) => only(all, SERVICE, "chat").inputs.spec;
const chatQuota = (all: Registered[]) =>
  only(all, "kubernetes:core/v1:ResourceQuota", "chat").inputs.spec.hard;
const everybody = { from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ protocol: "TCP", port: 6379 }] };

/** Ways in that nobody asked for, of a stack with a load balancer before the chat's page. */
export const exposureFaults: Fault[] = [
  {
    is: "a default account that may do everything in the cluster",
    caughtBy: "nobodyGetsRights",
    make: (all) => {
      const [first] = all;
      const inputs = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "x" },
      };
      const type = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding";
      all.push({ ...(first as Registered), type, name: "x", inputs });
    },
  },
  {
    is: "a port of every node that leads to Redis",
    caughtBy: "servicesOpenNoNode",
    make: (all) => (only(all, SERVICE, "journal-redis").inputs.spec.type = "NodePort"),
  },
  {
    is: "a load balancer on whatever address there is",
    caughtBy: "servicesOpenNoNode",
    make: (all) => delete pageService(all).loadBalancerIP,
  },
  {
    is: "room for a second load balancer",
    caughtBy: "loadBalancersAreCounted",
    make: (all) => (chatQuota(all)["services.loadbalancers"] = "2"),
  },
  {
    is: "no room for the load balancer's port of the nodes",
    caughtBy: "loadBalancersAreCounted",
    make: (all) => (chatQuota(all)["services.nodeports"] = "0"),
  },
  {
    is: "a Redis that everybody may call",
    caughtBy: "worldIsLetInByLoadBalancers",
    make: (all) => only(all, POLICY, "chat-redis").inputs.spec.ingress.push(everybody),
  },
  {
    is: "metrics of a Redis that lets no collector in",
    caughtBy: "metricsAreReached",
    make: (all) => only(all, POLICY, "chat-redis").inputs.spec.ingress.pop(),
  },
  {
    is: "metrics of a port that no pod has",
    caughtBy: "metricsAreReached",
    make: (all) =>
      (only(all, MONITORING, "journal-redis-metrics").inputs.spec.endpoints[0].port = "exporter"),
  },
  {
    is: "a load balancer before pods that let nobody in",
    caughtBy: "worldIsLetInByLoadBalancers",
    make: (all) => (only(all, POLICY, "chat-client").inputs.spec.ingress = []),
  },
  {
    is: "a field that is taken from whoever owns it",
    caughtBy: "noFieldIsForced",
    make: (all) => (only(all, SERVICE, "chat").inputs.metadata.annotations["pulumi.com/patchForce"] = "true"),
  },
];
