import type { Command } from "commander";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { elsewhere, kubectlOf } from "../engine/deployed-on.js";
import { hostProcess } from "../machine/hosts.js";
import { controlPlane } from "../machine/layout.js";
import { UserError } from "../shell/errors.js";
import { paths } from "../shell/paths.js";
import { searchPath } from "../shell/programs.js";

const binary = join(paths.bin, "kubectl");

/** @param say gets our own help, where there is no kubectl yet that could give its own. */
export function addKubectl(program: Command, say: (text: string) => void): void {
  const command = program
    .command("kubectl")
    .description("the cluster's own kubectl with its kubeconfig")
    .allowUnknownOption()
    // All that follows is kubectl's, another "--" included.
    .passThroughOptions()
    .helpOption(false)
    .argument("[arguments...]", "such as: get pods --all-namespaces")
    .action((args: string[]) => {
      if (!asksForHelp(args)) requireKubeconfig();
      else if (!existsSync(binary)) {
        say(`${command.helpInformation()}\n"npm run up" builds kubectl, which has a help of its own.`);
        return;
      }
      // Some of what kubectl does needs no cluster; what failed without one may have needed it.
      if (kubectl(args) !== 0 && !clusterRuns()) throw new UserError(clusterIsDown);
    });
}

const asksForHelp = (args: string[]) => {
  const end = args.indexOf("--");
  const own = end === -1 ? args : args.slice(0, end);
  return own[0] === "help" || own.includes("--help") || own.includes("-h");
};

/** Runs kubectl at this terminal, and ends as it does. */
export function kubectl(args: string[]): number {
  const env = { ...process.env, PATH: searchPath(), KUBECONFIG: paths.kubeconfig };
  const status = spawnSync(binary, args, { stdio: "inherit", env }).status ?? 1;
  process.exitCode = status;
  return status;
}

const clusterIsDown = 'the cluster is down; run "npm run up"';
const clusterRuns = () => hostProcess(controlPlane) !== undefined;

/** @throws UserError with what to do next when no app runs on this machine. */
export function requireCluster(): void {
  refuseElsewhere();
  if (!clusterRuns()) throw new UserError(clusterIsDown);
}

function requireKubeconfig(): void {
  if (existsSync(paths.kubeconfig)) return;
  refuseElsewhere();
  throw new UserError('there is no cluster yet; run "npm run up"');
}

function refuseElsewhere(): void {
  const other = elsewhere();
  if (other === undefined) return;
  const command = `${kubectlOf(other)} …`;
  throw new UserError(`the apps are on a cluster that is not this machine's; ask that one by "${command}"`);
}
