import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Resources, resourceRequirements } from "./resources.js";
import { containerSecurityContext } from "./security.js";

export type Container = k8s.types.input.core.v1.Container;
type Probe = k8s.types.input.core.v1.Probe;

export interface ContainerArgs {
  name: string;
  image: string;
  imagePullPolicy: "Always" | "IfNotPresent";
  resources: Resources;
  ports: readonly { readonly name: string; readonly containerPort: number }[];

  /** Whether requests may be sent to the pod now. Must not depend on another service. */
  readinessProbe: Probe;

  /** Whether only a restart can help. */
  livenessProbe: Probe;

  /** Holds the liveness probe back while the program starts. */
  startupProbe?: Probe;
  command?: readonly string[];
  env?: pulumi.Input<k8s.types.input.core.v1.EnvVar>[];
  lifecycle?: k8s.types.input.core.v1.Lifecycle;
  volumeMounts?: k8s.types.input.core.v1.VolumeMount[];
}

/** A container with everything that a container of ours must say. */
export function container({ ports, ...rest }: ContainerArgs): Container {
  return { ...hardened(rest), ports: ports.map((port) => ({ ...port, protocol: "TCP" })) };
}

function hardened<T extends Pick<ContainerArgs, "name" | "resources" | "command">>(args: T) {
  const { resources, command, ...rest } = args;
  return {
    ...rest,
    ...(command && { command: [...command] }),
    resources: resourceRequirements(resources),
    securityContext: containerSecurityContext(),
    // The last lines of a program that dies become the reason that Pulumi and kubectl show.
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

export type TaskContainerArgs = Omit<
  ContainerArgs,
  "ports" | "readinessProbe" | "livenessProbe" | "startupProbe" | "lifecycle"
> & { args?: readonly string[] };

/** A container that does one thing and ends: nobody calls it, and how it ends says all about it. */
export function taskContainer({ args, ...rest }: TaskContainerArgs): Container {
  return { ...hardened(rest), ...(args && { args: [...args] }) };
}

export interface HttpContainerArgs extends Omit<
  ContainerArgs,
  "ports" | "readinessProbe" | "livenessProbe" | "startupProbe"
> {
  port: number;

  /** @default "/readyz" */
  readinessPath?: string;
}

/** A container that serves HTTP and answers `/livez`. */
export function httpContainer(args: HttpContainerArgs): Container {
  const { port, readinessPath = "/readyz", ...rest } = args;
  const livez: Probe = { httpGet: { path: "/livez", port: "http" }, timeoutSeconds: 3 };
  return container({
    ...rest,
    ports: [{ name: "http", containerPort: port }],
    // A minute to start in, looked at every second, so that a quick start is seen quickly.
    startupProbe: { ...livez, periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: {
      httpGet: { path: readinessPath, port: "http" },
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 2,
    },
    livenessProbe: { ...livez, periodSeconds: 10, failureThreshold: 6 },
  });
}
