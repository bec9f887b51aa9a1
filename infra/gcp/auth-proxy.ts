import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Container, container } from "../k8s/container.js";
import type { Resources } from "../k8s/resources.js";
import { READ_ONLY_MODE } from "../k8s/security.js";

/** Where the pod finds a service account's key. */
export interface KeyFile {
  readonly volume: k8s.types.input.core.v1.Volume;
  readonly volumeMount: k8s.types.input.core.v1.VolumeMount;
}

export interface AuthProxyArgs {
  /** "<project>:<region>:<instance>" */
  connectionName: pulumi.Input<string>;

  /** Port of the pod's own loopback on which the database answers. */
  port: number;

  /**
   * What it signs in with.
   *
   * @default none: it is who its pod is
   */
  keyFile?: KeyFile;
}

/** The one image that is not ours: Google alone knows how to talk to Cloud SQL. */
const IMAGE = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.25.3";
const HEALTH_PORT = 9090;
const KEY_FOLDER = "/etc/cloud-sql";

/** The key of the Secret that holds it. */
export const KEY_FILE = "key.json";

/** What it adds to each pod. */
export const AUTH_PROXY_RESOURCES: Resources = { cpu: "250m", memory: "128Mi", ephemeralStorage: "16Mi" };

/**
 * The Cloud SQL Auth Proxy as a native sidecar: it is started before the app's containers and stopped after them, and a
 * Job ends in spite of it.
 */
export function authProxy({ connectionName, port, keyFile }: AuthProxyArgs): Container {
  const health = (path: string) => ({ httpGet: { path, port: "proxy-health" }, timeoutSeconds: 3 });
  return {
    ...container({
      name: "cloud-sql-proxy",
      image: IMAGE,
      imagePullPolicy: "Always",
      resources: AUTH_PROXY_RESOURCES,
      ports: [{ name: "proxy-health", containerPort: HEALTH_PORT }],
      // The app starts when this has answered. A minute, because a new pod's identity takes some seconds to be known.
      startupProbe: { ...health("/startup"), periodSeconds: 1, failureThreshold: 60 },
      readinessProbe: { ...health("/readiness"), periodSeconds: 5, failureThreshold: 2 },
      livenessProbe: { ...health("/liveness"), periodSeconds: 10, failureThreshold: 6 },
      ...(keyFile && { volumeMounts: [keyFile.volumeMount] }),
    }),
    restartPolicy: "Always",
    // The proxy waits for nobody when it is stopped: as a sidecar it outlives those who are connected to it.
    args: [
      "--private-ip",
      `--port=${port}`,
      "--structured-logs",
      "--health-check",
      // The kubelet asks from outside the pod.
      "--http-address=0.0.0.0",
      `--http-port=${HEALTH_PORT}`,
      "--exit-zero-on-sigterm",
      ...(keyFile ? [`--credentials-file=${KEY_FOLDER}/${KEY_FILE}`] : []),
      connectionName,
    ],
  };
}

/** The Secret's key as a file of a pod. */
export function keyFileIn(secretName: pulumi.Input<string>): KeyFile {
  const name = "cloud-sql-key";
  return {
    volume: { name, secret: { secretName, defaultMode: READ_ONLY_MODE } },
    volumeMount: { name, mountPath: KEY_FOLDER, readOnly: true },
  };
}
