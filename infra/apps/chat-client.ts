import type * as pulumi from "@pulumi/pulumi";
import { httpContainer } from "../k8s/container.js";
import { literal } from "../k8s/env.js";
import type { Tenant } from "../k8s/quota.js";
import type { Cluster, LoadBalancer } from "../platform.js";
import { CHAT_PORT } from "./chat-size.js";
import type { HttpServiceArgs } from "./http-service.js";

export interface ChatClientArgs {
  app: string;
  cluster: Cluster;
  namespace: pulumi.Input<string>;
  pods: Tenant;

  /** Where the page finds the server. */
  serverUrl: string;

  /**
   * What leads to it.
   *
   * @default an entry
   */
  loadBalancer?: LoadBalancer;
}

/** The page, as NGINX serves it. */
export function chatClient(args: ChatClientArgs): HttpServiceArgs {
  const { app, cluster, namespace, pods, serverUrl, loadBalancer } = args;
  const { drainDelaySec, imagePullPolicy } = cluster;
  const container = httpContainer({
    name: "client",
    image: cluster.image("chat-client"),
    imagePullPolicy,
    port: CHAT_PORT,
    readinessPath: "/",
    resources: pods.resources,
    env: [literal("CHAT_SERVER_URL", serverUrl)],
    // NGINX stops accepting as soon as it is told to stop, so it is told when nobody sends requests any more.
    lifecycle: { preStop: { sleep: { seconds: drainDelaySec } } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  });
  return {
    ...{ app, component: "client", cluster, namespace, container },
    port: CHAT_PORT,
    servicePort: 80,
    replicas: pods.replicas,
    terminationGracePeriodSeconds: drainDelaySec + 25,
    ...(loadBalancer ? { callers: loadBalancer.peers } : { backend: { healthPath: "/" } }),
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "8Mi" } }],
  };
}
