import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import {
  type Container,
  type ContainerArgs,
  container,
  httpContainer,
  taskContainer,
} from "../k8s/container.js";
import { literal, variablesFrom } from "../k8s/env.js";
import { READ_ONLY_MODE } from "../k8s/security.js";

type Volume = k8s.types.input.core.v1.Volume;

/** What all containers of an image have in common. */
export type PrismaContainerArgs = Pick<ContainerArgs, "name" | "image" | "imagePullPolicy" | "resources">;

const CONFIG = "/etc/prisma";
const configPath = literal("PRISMA_CONFIG_PATH", `${CONFIG}/prisma.yml`);
const configMount = { name: "config", mountPath: CONFIG, readOnly: true };

const VARIABLES = {
  LOG_LEVEL: "logLevel",
  INTROSPECTION: "introspection",
  PLAYGROUND: "playground",
  DRAIN_DELAY_SEC: "drainDelaySec",
};

/** The document as a file, and what the pod's sidecars mount. */
export function podVolumes(secretName: pulumi.Input<string>, others: readonly Volume[]): Volume[] {
  return [{ name: "config", secret: { secretName, defaultMode: READ_ONLY_MODE } }, ...others];
}

export function serverContainer(
  args: PrismaContainerArgs,
  port: number,
  settings: pulumi.Input<string>,
): Container {
  return httpContainer({
    ...args,
    port,
    env: [...variablesFrom(settings, VARIABLES), configPath],
    volumeMounts: [configMount],
  });
}

/** The server's own image, which applies what is missing and ends. */
export function migrationsContainer(args: PrismaContainerArgs): Container {
  return taskContainer({ ...args, args: ["migrate"], env: [configPath], volumeMounts: [configMount] });
}

/** It answers under no path of ours, and writes where Java does. */
export function prisma1Container(args: PrismaContainerArgs, port: number): Container {
  const status = { httpGet: { path: "/status", port: "http" }, timeoutSeconds: 5 };
  const listens = { tcpSocket: { port: "http" }, timeoutSeconds: 5 };
  return container({
    ...args,
    ports: [{ name: "http", containerPort: port }],
    env: [configPath],
    startupProbe: { ...status, periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { ...status, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...listens, periodSeconds: 10, failureThreshold: 6 },
    volumeMounts: [configMount, { name: "tmp", mountPath: "/tmp" }],
  });
}
