import * as k8s from "@pulumi/kubernetes";
import type { CreateIdentityArgs } from "../identity.js";
import type { ChildOptions } from "../platform.js";

/**
 * What pods run as: nobody to the Kubernetes API.
 *
 * @returns its name, known when it is there
 */
export function createServiceAccount(name: string, args: CreateIdentityArgs, opts: ChildOptions) {
  const { name: accountName, namespace, labels } = args;
  const { metadata } = new k8s.core.v1.ServiceAccount(
    name,
    { metadata: { name: accountName, namespace, labels }, automountServiceAccountToken: false },
    opts,
  );
  return metadata.name;
}
