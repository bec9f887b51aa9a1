import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { localStackFile } from "../engine/stack-file.js";
import { UserError } from "../shell/errors.js";

/** A cluster that somebody already has. */
export interface ExternalCluster {
  kubeconfig: string;
  context?: string;
  /** Where its nodes pull images from; without it the stack file's own references are used. */
  registry?: string;
}

/**
 * The cluster that the flags name, if they name one.
 *
 * @throws UserError when nothing could be deployed with them; said before anything is built.
 */
export function externalCluster(flags: Partial<ExternalCluster>): ExternalCluster | undefined {
  const { kubeconfig, context, registry } = flags;
  if (kubeconfig === undefined) {
    if ((context ?? registry) === undefined) return undefined;
    throw new UserError("--context and --registry go with --kubeconfig, which is missing");
  }
  if (!existsSync(kubeconfig)) {
    throw new UserError(`--kubeconfig: expected a file, got "${kubeconfig}", which is not there`);
  }
  if (registry === undefined && Object.keys(localStackFile().blocks["slipway:images"] ?? {}).length === 0) {
    throw new UserError(
      "--registry: missing; give host and path of a registry that this cluster pulls from, such as " +
        "--registry registry.example/slipway, or write references of the images to slipway:images of Pulumi.local.yaml",
    );
  }
  return { kubeconfig: resolve(kubeconfig), context, registry };
}
