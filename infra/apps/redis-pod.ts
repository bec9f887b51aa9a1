import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Container, container } from "../k8s/container.js";
import { literal } from "../k8s/env.js";
import type { Resources } from "../k8s/resources.js";
import { READ_ONLY_MODE } from "../k8s/security.js";
import { METRICS_PORT, REDIS_PATHS, REDIS_PORT, SENTINEL_PORT, quorumOf } from "./redis-config.js";
import { METRICS_RESOURCES, SENTINEL_RESOURCES } from "./redis-size.js";

export interface RedisPodArgs {
  image: string;
  imagePullPolicy: "Always" | "IfNotPresent";

  /** Of the server's own container. */
  resources: Resources;

  /** Names of all pods, pod 0 first. */
  hosts: readonly pulumi.Input<string>[];
  hostList: pulumi.Input<string>;
  primaryName: string;
  configMapName: pulumi.Input<string>;
  secretName: pulumi.Input<string>;
  internalSecretName: pulumi.Input<string>;
}

const mounts = {
  config: { name: "config", mountPath: REDIS_PATHS.config, readOnly: true },
  auth: { name: "auth", mountPath: REDIS_PATHS.auth, readOnly: true },
  internal: { name: "internal", mountPath: REDIS_PATHS.internal, readOnly: true },
  exporter: { name: "exporter", mountPath: REDIS_PATHS.exporter, readOnly: true },
  runtime: { name: "runtime", mountPath: REDIS_PATHS.runtime },
  data: { name: "data", mountPath: REDIS_PATHS.data },
};

/** The server, its Sentinel and what tells their figures. */
export function redisContainers(args: RedisPodArgs): [Container, ...Container[]] {
  const { image, imagePullPolicy } = args;
  return [serverContainer(), sentinelContainer(), metricsContainer()];

  function serverContainer() {
    return container({
      ...common("redis", "launch.sh"),
      resources: args.resources,
      ports: [{ name: "redis", containerPort: REDIS_PORT }],
      readinessProbe: { exec: script("ready.sh"), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
      livenessProbe: { exec: script("live.sh", REDIS_PORT), ...patient },
      lifecycle: { preStop: { exec: script("leave.sh") } },
    });
  }

  function sentinelContainer() {
    return container({
      ...common("sentinel", "sentinel.sh"),
      resources: SENTINEL_RESOURCES,
      ports: [{ name: "sentinel", containerPort: SENTINEL_PORT }],
      readinessProbe: { tcpSocket: { port: "sentinel" }, periodSeconds: 5, timeoutSeconds: 5 },
      livenessProbe: { exec: script("live.sh", SENTINEL_PORT), ...patient },
    });
  }

  function metricsContainer() {
    return container({
      name: "metrics",
      image,
      imagePullPolicy,
      // CONFIG tells more than figures need, and its user may not ask for it.
      command: [
        "prometheus-redis-exporter",
        "-redis.addr=redis://localhost:6379",
        "-redis.user=metrics",
        `-redis.password-file=${REDIS_PATHS.exporter}/passwords.json`,
        "-config-command=-",
        `-web.listen-address=:${METRICS_PORT}`,
      ],
      resources: METRICS_RESOURCES,
      ports: [{ name: "metrics", containerPort: METRICS_PORT }],
      readinessProbe: { httpGet: { path: "/health", port: "metrics" }, periodSeconds: 10, timeoutSeconds: 5 },
      livenessProbe: { tcpSocket: { port: "metrics" }, ...patient },
      volumeMounts: [mounts.exporter],
    });
  }

  function common(name: string, file: string) {
    const { config, auth, internal, runtime, data } = mounts;
    return {
      name,
      image,
      imagePullPolicy,
      command: script(file).command,
      env: [
        { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "REDIS_HOSTS", value: args.hostList },
        literal("REDIS_PRIMARY_NAME", args.primaryName),
        literal("REDIS_QUORUM", String(quorumOf(args.hosts.length))),
      ],
      volumeMounts: [config, auth, internal, runtime, data],
    };
  }
}

/** The volumes that the containers mount, but for the persistent one. */
export function redisVolumes(args: RedisPodArgs): k8s.types.input.core.v1.Volume[] {
  const secret = (secretName: pulumi.Input<string>) => ({ secretName, defaultMode: READ_ONLY_MODE });
  const passwords = [{ key: "passwords.json", path: "passwords.json" }];
  return [
    { name: "config", configMap: { name: args.configMapName, defaultMode: READ_ONLY_MODE } },
    { name: "auth", secret: secret(args.secretName) },
    { name: "internal", secret: secret(args.internalSecretName) },
    { name: "exporter", secret: { ...secret(args.internalSecretName), items: passwords } },
    { name: "runtime", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
  ];
}

const patient = { initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 6 };

function script(file: string, ...args: number[]) {
  return { command: ["/bin/sh", `${REDIS_PATHS.config}/${file}`, ...args.map(String)] };
}
