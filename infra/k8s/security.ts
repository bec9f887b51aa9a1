import type * as k8s from "@pulumi/kubernetes";

/** User and group of every process of ours, the same number as in every Dockerfile; far from any user of a node. */
const APP_UID = 10001;

/** Mode of every mounted file: the owner and the app's group read, nobody writes, nobody else reads. */
export const READ_ONLY_MODE = 0o440;

export function podSecurityContext(): k8s.types.input.core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: APP_UID,
    runAsGroup: APP_UID,
    fsGroup: APP_UID,
    // A volume of many files is not walked through at every start when its root is right already.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

export function containerSecurityContext(): k8s.types.input.core.v1.SecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: APP_UID,
    runAsGroup: APP_UID,
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
}
