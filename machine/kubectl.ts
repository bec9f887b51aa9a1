import { paths } from "../shell/paths.js";
import { run, type RunOptions } from "../shell/programs.js";

/** Asks this machine's cluster, as its administrator; gives what kubectl answers. */
export const kubectl = (args: readonly string[], options?: RunOptions) =>
  run("kubectl", ["--kubeconfig", paths.kubeconfig, ...args], options);
